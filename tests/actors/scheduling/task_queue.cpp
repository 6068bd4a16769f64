// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/task_queue.hpp"

#include "actors/scheduling/lane.hpp"
#include "troupe/scheduling/schemes/schemes.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

constexpr auto f1 = function_id{1};
constexpr auto f2 = function_id{2};
constexpr auto f3 = function_id{3};

using sequences = std::vector<std::uint64_t>;

struct fixture {
  /// Makes a task that calls `function`.
  task& make(function_id function) {
    auto view = message_view::make(
      submit_message(client_id{1}, {{.number = ++last, .function = function}}));
    BOOST_REQUIRE(view);
    auto batch = read_tasks(*view);
    BOOST_REQUIRE(batch);
    auto& x = table.make();
    x.batch =
      std::make_shared<const submission>(submission{std::move(*view), *batch});
    x.sequence = last;
    x.client = &client;
    return x;
  }

  /// Makes a task and puts it into the queue.
  task& push(function_id function) {
    auto& x = make(function);
    BOOST_REQUIRE(queue.push(x));
    return x;
  }

  engine_record& add(std::uint32_t id, std::vector<function_id> functions,
                     std::uint32_t hwm = 1) {
    auto& x = *peers.add_engine(engine_id{id}, id, hwm);
    x.functions = std::move(functions);
    unknown = queue.join(x);
    return x;
  }

  /// Pops until no engine takes a task.
  std::vector<task*> pop_all() {
    std::vector<task*> result;
    while (auto x = queue.pop())
      result.push_back(x);
    queue.end_round();
    return result;
  }

  static sequences order(const std::vector<task*>& xs) {
    sequences result;
    for (auto x : xs)
      result.push_back(x->sequence);
    return result;
  }

  task_table table;
  client_record client{1};
  peer_table peers;
  task_queue queue{leastload_scheme(), 1, 1000, peers};
  std::vector<task*> unknown;
  std::uint64_t last = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(task_queue_suite, fixture)

struct clients : fixture {
  clients() {
    ann.id = client_id{11};
    bob.id = client_id{12};
    cid.id = client_id{13};
  }

  void add_task(client_record& who, std::int8_t priority = 0) {
    auto& x = make(f1);
    x.client = &who;
    x.priority = priority;
    BOOST_REQUIRE(queue.push(x));
  }

  /// Adds a task that runs on engine `id` only.
  void add_task_for(std::uint32_t id, client_record& who) {
    auto& x = make(f1);
    x.client = &who;
    x.demands = std::make_unique<task_demands>();
    x.demands->has_targets = true;
    x.demands->targets = {engine_id{id}};
    BOOST_REQUIRE(queue.push(x));
  }

  client_record ann{1};
  client_record bob{1};
  client_record cid{1};
};

BOOST_FIXTURE_TEST_CASE(clients_take_turns, clients) {
  for (auto i = 0; i < 1000; ++i)
    add_task(ann); // 1 to 1000
  for (auto i = 0; i < 3; ++i)
    add_task(bob); // 1001 to 1003
  add(0, {f1}, 5);
  BOOST_TEST((order(pop_all()) == sequences{1, 1001, 2, 1002, 3}));
  add_task(cid); // 1004: nobody owes it more than one turn
  add_task(cid);
  add(1, {f1}, 5);
  BOOST_TEST((order(pop_all()) == sequences{1004, 1003, 4, 1005, 5}));
  add(2, {f1}, 3);
  BOOST_TEST((order(pop_all()) == sequences{6, 7, 8}));
  for (auto i = 0; i < 2; ++i)
    add_task(bob); // it had its turns when nobody else waited
  add(3, {f1}, 4);
  BOOST_TEST((order(pop_all()) == sequences{1006, 9, 1007, 10}));
}

BOOST_FIXTURE_TEST_CASE(priorities_hold_for_all_clients, clients) {
  for (auto i = 0; i < 4; ++i)
    add_task(ann, 5); // 1 to 4
  add_task(bob, 0);
  add_task(cid, 5);
  add_task(bob, 6);
  add(0, {f1}, 7);
  BOOST_TEST((order(pop_all()) == sequences{7, 1, 6, 2, 3, 4, 5}));
}

BOOST_FIXTURE_TEST_CASE(turns_are_not_saved_up, clients) {
  auto& late = *peers.add_engine(engine_id{2}, 2, 4);
  late.functions = {f1};
  for (auto i = 0; i < 100; ++i)
    add_task(ann); // 1 to 100
  for (auto i = 0; i < 4; ++i)
    add_task_for(2, bob); // 101 to 104
  add(1, {f1}, 20);
  BOOST_TEST(pop_all().size() == 20u);
  queue.join(late);
  BOOST_TEST((order(pop_all()) == sequences{101, 21, 102, 22}));
}

BOOST_FIXTURE_TEST_CASE(a_client_that_left_is_forgotten, clients) {
  add(1, {f1}, 2);
  add_task(ann);
  add_task(bob);
  BOOST_TEST((order(pop_all()) == sequences{1, 2}));
  add_task_for(1, ann);
  queue.erase(*queue.bound_lines().front().tasks.front());
  queue.forget(ann.id);
  BOOST_TEST(queue.lines().size() == 1u);
  BOOST_TEST(queue.bound_lines().empty());
  add_task(bob);
  add_task(cid);
  add(2, {f1}, 2);
  BOOST_TEST((order(pop_all()) == sequences{4, 5}));
}

BOOST_AUTO_TEST_CASE(without_engines_everything_waits) {
  push(f1);
  push(f2);
  BOOST_TEST(!queue.staffed());
  BOOST_TEST(queue.size() == 2u);
  BOOST_TEST(queue.lines().size() == 1u);
  BOOST_TEST(queue.pop() == nullptr);
  BOOST_TEST(queue.oldest()->sequence == 1u);
}

BOOST_AUTO_TEST_CASE(the_first_engine_sorts_out_what_waited) {
  push(f1);
  push(f2);
  push(f1);
  add(1, {f1}, 5);
  BOOST_TEST((order(unknown) == sequences{2}));
  BOOST_TEST((order(pop_all()) == sequences{1, 3}));
  BOOST_TEST(queue.size() == 0u);
}

BOOST_AUTO_TEST_CASE(unknown_tasks_are_refused_while_there_are_engines) {
  auto& x = add(1, {f1});
  BOOST_TEST(!queue.push(make(f2)));
  BOOST_TEST(queue.leave(x).empty());
  BOOST_TEST(queue.push(make(f2)));
}

BOOST_AUTO_TEST_CASE(equal_engines_share_one_line) {
  add(1, {f1, f2});
  add(2, {f1, f2});
  push(f1);
  push(f2);
  push(f1);
  BOOST_TEST(queue.lines().size() == 1u);
  auto xs = pop_all();
  BOOST_TEST((order(xs) == sequences{1, 2}));
  BOOST_TEST((xs[0]->engine->id == engine_id{2}));
  BOOST_TEST((xs[1]->engine->id == engine_id{1}));
}

BOOST_AUTO_TEST_CASE(a_task_passes_others_only_for_engines_of_its_own) {
  add(1, {f1}, 2);
  add(2, {f2}, 1);
  add(3, {f1, f2}, 1);
  push(f2);
  push(f2);
  push(f2);
  push(f1);
  push(f1);
  push(f1);
  BOOST_TEST((order(pop_all()) == sequences{1, 2, 4, 5}));
  BOOST_TEST(queue.oldest()->sequence == 3u);
}

BOOST_AUTO_TEST_CASE(placement_compares_engines_of_different_kinds) {
  auto& x = add(1, {f1}, 10);
  auto& y = add(2, {f1, f2}, 10);
  for (auto i = 0; i < 6; ++i)
    push(f1);
  pop_all();
  BOOST_TEST(x.tasks.size() == 3u);
  BOOST_TEST(y.tasks.size() == 3u);
}

BOOST_AUTO_TEST_CASE(tasks_go_back_to_where_they_were) {
  auto& x = add(1, {f1}, 3);
  for (auto i = 0; i < 6; ++i)
    push(f1);
  auto running = pop_all();
  BOOST_TEST((order(running) == sequences{1, 2, 3}));
  for (auto task : running)
    queue.finish(*task);
  BOOST_TEST(x.tasks.empty());
  BOOST_TEST(queue.put_back({running[2]}).empty());
  BOOST_TEST(queue.put_back({running[1], running[0]}).empty());
  BOOST_TEST((order(pop_all()) == sequences{1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(an_erased_task_is_not_handed_out) {
  push(f1);
  auto& x = push(f1);
  push(f1);
  queue.erase(x);
  add(1, {f1}, 5);
  BOOST_TEST((order(pop_all()) == sequences{1, 3}));
}

BOOST_AUTO_TEST_CASE(when_a_kind_goes_its_tasks_go_elsewhere_or_nowhere) {
  add(1, {f1, f2}, 0);
  auto& y = add(2, {f1, f3}, 0);
  push(f3);
  push(f1);
  push(f2);
  auto xs = queue.leave(y);
  BOOST_TEST((order(xs) == sequences{1}));
  BOOST_TEST(queue.size() == 2u);
  BOOST_TEST(queue.lines().size() == 1u);
  BOOST_TEST(!y.joined());
}

BOOST_AUTO_TEST_SUITE_END()
