// SPDX-License-Identifier: BSL-1.0

// What the scheduler does with tasks that demand more than a function.

#include "actors/scheduling/lane.hpp"

#include <boost/test/unit_test.hpp>

#include <numeric>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::test;

namespace {

constexpr auto ann = client_id{1};
constexpr auto e0 = engine_id{0};
constexpr auto e1 = engine_id{1};
constexpr auto e2 = engine_id{2};

using names = std::vector<std::string>;
using numbers = std::vector<std::uint64_t>;

task_scheduler_config config() {
  task_scheduler_config cfg;
  cfg.hwm = 1;
  cfg.client_tasks = 200000;
  return cfg;
}

task_spec plain(task_number number) {
  return {.number = number, .arguments = std::to_string(number)};
}

/// A task that comes after others.
task_spec after(task_number number, numbers others,
                std::uint16_t flags = demand_flags::success) {
  auto x = plain(number);
  x.demand.after = static_cast<std::uint32_t>(others.size());
  x.demand.flags = flags;
  x.references = std::move(others);
  return x;
}

/// A task that follows others.
task_spec follow(task_number number, numbers others,
                 std::uint16_t flags = demand_flags::success) {
  auto x = plain(number);
  x.demand.follow = static_cast<std::uint32_t>(others.size());
  x.demand.flags = static_cast<std::uint16_t>(flags
                                              << demand_flags::follow_shift);
  x.references = std::move(others);
  return x;
}

/// A task for some engines.
task_spec on(task_number number, numbers engines) {
  auto x = plain(number);
  x.demand.targets = static_cast<std::uint32_t>(engines.size());
  x.references = std::move(engines);
  return x;
}

task_spec with_priority(task_number number, int priority) {
  auto x = plain(number);
  x.priority = static_cast<std::int8_t>(priority);
  return x;
}

struct fixture : test::lane {
  fixture() : test::lane(config()) {
    add(ann);
    flush();
  }

  void with(std::vector<engine_id> ids) {
    for (auto id : ids)
      add(id);
    round();
  }

  /// Ends the round and remembers what came of it.
  void round() {
    auto sent = flush();
    BOOST_TEST(sent.refusals.empty());
    for (auto& [id, xs] : sent.dispatched)
      for (auto& x : xs) {
        running[id].push_back(x);
        order.push_back(x.arguments);
      }
    for (auto& x : sent.reported[ann])
      ended[x.number] = x;
  }

  void send(std::vector<task_spec> xs) {
    submit(ann, xs);
    round();
  }

  /// Lets an engine end the task that it runs.
  void finish(engine_id id, wire::Outcome outcome = wire::Outcome::Ok) {
    auto xs = std::exchange(running[id], {});
    BOOST_REQUIRE(xs.size() == 1u);
    answer(id, xs, outcome);
    round();
  }

  /// What an engine runs, or nothing.
  std::string runs(engine_id id) {
    return running[id].empty() ? "" : running[id].front().arguments;
  }

  std::string why(task_number number) {
    auto i = ended.find(number);
    return i != ended.end() ? i->second.why.type : "it did not end";
  }

  std::map<engine_id, std::vector<dispatched_task>> running;
  std::map<task_number, reported_task> ended;
  names order;
};

constexpr auto any = demand_flags::any;
constexpr auto success = demand_flags::success;
constexpr auto failure_counts = demand_flags::failure;
constexpr auto error = wire::Outcome::Error;

} // namespace

BOOST_FIXTURE_TEST_SUITE(constraints_suite, fixture)

// -- priorities ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(higher_priorities_go_first_in_their_order) {
  send({plain(1), with_priority(2, -1), with_priority(3, 5), plain(4),
        with_priority(5, 5), with_priority(6, 127), with_priority(7, -128)});
  with({e0});
  while (!running[e0].empty())
    finish(e0);
  BOOST_TEST((order == names{"6", "3", "5", "1", "4", "2", "7"}));
}

BOOST_AUTO_TEST_CASE(a_retried_task_keeps_its_place_within_its_priority) {
  auto x = with_priority(1, 3);
  x.retries = 1;
  send({x, with_priority(2, 3), with_priority(3, 3)});
  with({e0});
  finish(e0, error);
  for (auto i = 0; i < 3; ++i)
    finish(e0);
  BOOST_TEST((order == names{"1", "1", "2", "3"}));
}

// -- after --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_task_comes_after_all_that_it_depends_on) {
  with({e0, e1, e2});
  send({plain(1), plain(2), after(3, {1, 2})});
  BOOST_TEST(order.size() == 2u);
  BOOST_TEST(core.status().queued == 1u);
  finish(running[e0].empty() ? e1 : e0);
  BOOST_TEST(order.size() == 2u);
  for (auto id : {e0, e1, e2})
    if (!running[id].empty() && runs(id) != "3")
      finish(id);
  BOOST_TEST((order.back() == "3"));
}

BOOST_AUTO_TEST_CASE(any_of_them_may_be_enough) {
  with({e0, e1});
  send({plain(1), plain(2), after(3, {1, 2}, any | success)});
  finish(e0);
  BOOST_TEST((order.back() == "3"));
}

BOOST_AUTO_TEST_CASE(what_ended_before_counts_as_well) {
  with({e0});
  send({plain(1)});
  finish(e0);
  send({after(2, {1})});
  BOOST_TEST(runs(e0) == "2");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_met_any_more_ends_at_once) {
  with({e0, e1});
  send({plain(1), plain(2), after(3, {1, 2}), after(4, {3}), after(5, {4, 1}),
        after(6, {1}, failure_counts),
        after(7, {3}, success | failure_counts)});
  finish(runs(e0) == "1" ? e0 : e1, error);
  BOOST_TEST(why(3) == "unreachable_dependency");
  BOOST_TEST(why(4) == "unreachable_dependency"); // transitively
  BOOST_TEST(why(5) == "unreachable_dependency");
  BOOST_TEST(order.size() == 3u);
  BOOST_TEST(order.back() == "6");
  for (auto id : {e0, e1})
    if (!running[id].empty())
      finish(id);
  BOOST_TEST((order.back() == "7")); // it runs however 3 ends
}

BOOST_AUTO_TEST_CASE(any_is_unreachable_when_all_are_wrong) {
  with({e0, e1});
  send({plain(1), plain(2), after(3, {1, 2}, any | success)});
  finish(e0, error);
  BOOST_TEST(why(3) == "it did not end");
  finish(e1, error);
  BOOST_TEST(why(3) == "unreachable_dependency");
}

BOOST_AUTO_TEST_CASE(dependencies_that_make_no_sense_end_at_once) {
  send({plain(3), after(5, {5}), after(6, {7}), after(8, {0}), after(9, {4}),
        follow(10, {99})});
  for (auto number : {5, 6, 8, 9, 10})
    BOOST_TEST(why(static_cast<task_number>(number)) == "invalid_dependency");
}

BOOST_AUTO_TEST_CASE(a_long_chain_runs_and_fails_without_recursion) {
  constexpr auto length = task_number{10000};
  std::vector<task_spec> chain{plain(1)};
  for (auto n = task_number{2}; n <= length; ++n) {
    chain.push_back(after(n, {n - 1}));
    if (chain.size() == limits::batch_tasks || n == length)
      submit(ann, std::exchange(chain, {}));
  }
  with({e0});
  for (auto n = 0; n < 50; ++n)
    finish(e0);
  BOOST_TEST(runs(e0) == "51");
  finish(e0, error);
  BOOST_TEST(ended.size() == length);
  BOOST_TEST(why(length) == "unreachable_dependency");
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_tasks_fan_in) {
  constexpr auto width = task_number{100000};
  auto batch = std::vector<task_spec>{};
  for (auto n = task_number{1}; n <= width; ++n) {
    batch.push_back({.number = n});
    if (batch.size() == limits::batch_tasks || n == width)
      submit(ann, std::exchange(batch, {}));
  }
  numbers all(width);
  std::iota(all.begin(), all.end(), task_number{1});
  submit(ann, {after(width + 1, all)});
  with({e0});
  auto answered = task_number{0};
  for (; !running[e0].empty() && runs(e0).empty(); ++answered) {
    answer(e0, std::exchange(running[e0], {}));
    for (auto& x : core.flush().messages)
      if (auto view = message_view::make(x); view->get<wire::Dispatch>())
        running = {{e0, sort_out({{x}, {}, {}}).dispatched[e0]}};
  }
  BOOST_TEST(answered == width);
  BOOST_TEST(runs(e0) == std::to_string(width + 1));
}

BOOST_AUTO_TEST_CASE(a_task_that_ended_long_ago_is_forgotten) {
  task_history history{100};
  task x;
  for (task_number n = 1; n <= 1000; ++n) {
    history.add(n, x);
    if (n != 3)
      history.end(n, n % 2 == 0, e1);
  }
  using stage = task_history::stage;
  BOOST_TEST((history.find(872).now == stage::forgotten));
  BOOST_TEST((history.find(873).now == stage::failed));
  BOOST_TEST((history.find(950).now == stage::succeeded));
  BOOST_TEST((history.find(951).now == stage::failed));
  BOOST_TEST((history.find(951).engine == e1));
  BOOST_TEST((history.find(3).now == stage::live)); // however old
  BOOST_TEST((history.find(1001).now == stage::unknown));
  BOOST_TEST((history.find(0).now == stage::unknown));
  BOOST_TEST(history.capacity() == 128u);
  history.end(3, true, e1);
  BOOST_TEST((history.find(3).now == stage::forgotten));
}

BOOST_AUTO_TEST_CASE(all_live_tasks_are_found_beyond_the_limit_of_the_history) {
  using stage = task_history::stage;
  task_history history{8};
  std::vector<task> tasks(1001);
  for (task_number n = 1; n <= 1000; ++n)
    history.add(n, tasks[n]);
  BOOST_TEST(history.capacity() == 1024u);
  for (task_number n = 1; n <= 1000; ++n)
    BOOST_TEST_REQUIRE(history.find(n).live == &tasks[n]);
  for (task_number n = 1; n <= 1000; ++n)
    history.end(n, true, e0);
  BOOST_TEST((history.find(1).now == stage::succeeded));
  // Nothing is live: later ones take the places.
  for (task_number n = 1001; n <= 5000; ++n) {
    history.add(n, tasks[1]);
    history.end(n, true, e0);
  }
  BOOST_TEST(history.capacity() == 1024u);
  BOOST_TEST((history.find(1000).now == stage::forgotten));
  BOOST_TEST((history.find(5000).now == stage::succeeded));
}

BOOST_AUTO_TEST_CASE(numbers_with_gaps_take_no_more_room) {
  using stage = task_history::stage;
  constexpr auto step = task_number{1} << 40;
  task_history history{8};
  std::vector<task> tasks(101);
  for (task_number n = 1; n <= 100; ++n)
    history.add(n * step, tasks[n]);
  BOOST_TEST(history.capacity() <= 256u);
  for (task_number n = 1; n <= 100; ++n)
    BOOST_TEST_REQUIRE(history.find(n * step).live == &tasks[n]);
  for (task_number n = 1; n <= 99; ++n)
    history.end(n * step, true, e0);
  BOOST_TEST((history.find(99 * step).now == stage::forgotten));
  BOOST_TEST((history.find(100 * step).now == stage::live));
}

// -- follow and targets -------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_task_follows_to_the_engine_of_another) {
  with({e0, e1});
  send({on(1, {1}), on(2, {0})});
  finish(e1);
  send({follow(3, {1}), plain(4)});
  BOOST_TEST(runs(e1) == "3");
  finish(e1);
  BOOST_TEST(runs(e1) == "4");
}

BOOST_AUTO_TEST_CASE(nobody_follows_to_two_engines) {
  with({e0, e1});
  send({on(1, {0}), on(2, {1}), follow(3, {1, 2}),
        follow(4, {1, 2}, any | success)});
  finish(e0);
  BOOST_TEST(runs(e0) == "4");
  BOOST_TEST(why(3) == "it did not end");
  finish(e1);
  BOOST_TEST(why(3) == "impossible_dependency");
}

BOOST_AUTO_TEST_CASE(nobody_follows_to_where_no_target_is) {
  with({e0, e1});
  auto x = follow(2, {1});
  x.demand.targets = 1;
  x.references.push_back(1);
  send({on(1, {0}), x});
  finish(e0);
  BOOST_TEST(why(2) == "impossible_dependency");
}

BOOST_AUTO_TEST_CASE(tasks_for_a_busy_engine_keep_their_order) {
  with({e0, e1});
  send({on(1, {0}), on(2, {0}), on(3, {0}), on(4, {0}), on(5, {0}), plain(6)});
  BOOST_TEST(runs(e1) == "6"); // nobody waits behind them
  while (!running[e0].empty())
    finish(e0);
  BOOST_TEST((order == names{"1", "6", "2", "3", "4", "5"}));
}

BOOST_AUTO_TEST_CASE(a_task_for_two_engines_takes_the_free_one) {
  with({e0, e1, e2});
  send({on(1, {0}), on(2, {0, 1}), on(3, {0, 1}), plain(4)});
  BOOST_TEST(runs(e1) == "2");
  BOOST_TEST(runs(e2) == "4");
  finish(e0);
  BOOST_TEST(runs(e0) == "3");
}

BOOST_AUTO_TEST_CASE(a_task_whose_engines_are_gone_ends_at_once) {
  with({e0, e1});
  send({on(1, {7}), on(2, {0}), on(3, {0}), on(4, {0, 1})});
  BOOST_TEST(why(1) == "engines_gone");
  core.lose(e0);
  running[e0].clear();
  round();
  BOOST_TEST(why(2) == "engine_lost"); // it had one attempt
  BOOST_TEST(why(3) == "engines_gone");
  BOOST_TEST(why(4) == "it did not end");
  BOOST_TEST(runs(e1) == "4");
}

BOOST_AUTO_TEST_CASE(a_task_waits_for_an_engine_that_comes_back) {
  with({e0, e1});
  send({on(1, {0}), on(2, {0})});
  core.receive(join_message(routing_id{"elsewhere"}, token_of(e0)));
  running[e0].clear();
  core.flush();
  BOOST_TEST(core.validate() == "");
  BOOST_TEST(core.status().queued == 0u); // one lost, the other handed out
}

// -- retries and limits -------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_task_may_run_again_elsewhere) {
  with({e0, e1});
  auto x = on(1, {0, 1});
  x.demand = {.flags = demand_flags::retry_elsewhere};
  x.references.clear();
  x.retries = 3;
  send({x});
  auto first = running[e0].empty() ? e1 : e0;
  auto second = first == e0 ? e1 : e0;
  finish(first, error);
  BOOST_TEST(runs(second) == "1");
  finish(second, error);
  BOOST_TEST(runs(first) == "1");
  core.lose(second);
  round();
  finish(first, error);
  BOOST_TEST(runs(first) == "1"); // the only one there is
}

BOOST_AUTO_TEST_CASE(a_retry_waits_twice_as_long_each_time) {
  with({e0});
  auto x = plain(1);
  x.retries = 2;
  x.demand.retry_ms = 100;
  send({x});
  finish(e0, error);
  BOOST_TEST(runs(e0) == "");
  advance(99ms);
  round();
  BOOST_TEST(runs(e0) == "");
  advance(1ms);
  round();
  BOOST_TEST(runs(e0) == "1");
  finish(e0, error);
  advance(199ms);
  round();
  BOOST_TEST(runs(e0) == "");
  advance(1ms);
  round();
  finish(e0, error);
  BOOST_TEST((ended[1].outcome == error));
  BOOST_TEST(ended[1].attempts == 3u);
}

BOOST_AUTO_TEST_CASE(a_task_gives_up_to_wait_in_time) {
  with({e0});
  auto x = after(2, {1});
  x.demand.queue_ms = 50;
  auto y = plain(3);
  y.demand.queue_ms = 60;
  send({plain(1), x, y, after(4, {3}, failure_counts)});
  BOOST_TEST((core.next_due() == scheduler_core::time_point{50ms}));
  advance(50ms);
  round();
  BOOST_TEST((ended[2].outcome == wire::Outcome::Timeout));
  BOOST_TEST(why(3) == "it did not end");
  advance(10ms);
  round();
  BOOST_TEST(why(3) == "queue_limit");
  finish(e0);
  BOOST_TEST(runs(e0) == "4");
}

BOOST_AUTO_TEST_CASE(a_task_that_runs_has_no_limit) {
  with({e0});
  auto x = plain(1);
  x.demand.queue_ms = 50;
  send({x});
  advance(60ms);
  round();
  BOOST_TEST(ended.empty());
  finish(e0);
  BOOST_TEST((ended[1].outcome == wire::Outcome::Ok));
}

BOOST_AUTO_TEST_CASE(a_task_that_runs_again_too_late_does_not_wait) {
  with({e0});
  auto x = plain(1);
  x.attempts = 2;
  x.demand.queue_ms = 50;
  send({x});
  core.lose(e0);
  advance(50ms); // in the same round
  round();
  BOOST_TEST(why(1) == "queue_limit");
}

BOOST_AUTO_TEST_CASE(tasks_of_a_lost_client_leave_nothing_behind) {
  with({e0});
  auto x = after(2, {1});
  x.demand.queue_ms = 50;
  send({plain(1), x, on(3, {0}), after(4, {2})});
  core.lose(ann);
  round();
  advance(60ms);
  round();
  BOOST_TEST(core.status().queued == 0u);
  answer(e0, std::exchange(running[e0], {}));
  round();
  BOOST_TEST(core.status().queued == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
