// SPDX-License-Identifier: BSL-1.0

// What the scheduler does with tags, slots and rejections.

#include "actors/scheduling/lane.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::test;

namespace {

constexpr auto ann = client_id{1};
constexpr auto e0 = engine_id{0};
constexpr auto e1 = engine_id{1};
constexpr auto e2 = engine_id{2};

using names = std::vector<std::string>;

resources have(const char* tags, const char* slots) {
  return *parse_resources(tags, slots);
}

task_spec plain(task_number number) {
  return {.number = number, .arguments = std::to_string(number)};
}

task_spec needing(task_number number, const char* tags, const char* slots) {
  auto x = plain(number);
  x.needs = have(tags, slots);
  return x;
}

task_scheduler_config config(std::uint32_t hwm) {
  task_scheduler_config cfg;
  cfg.hwm = hwm;
  return cfg;
}

struct fixture : test::lane {
  explicit fixture(std::uint32_t hwm = 4) : test::lane(config(hwm)) {
    test::lane::add(ann);
    flush();
  }

  void add(engine_id id, const char* tags, const char* slots) {
    auto hello = announcement(id, {work});
    hello.means = have(tags, slots);
    core.admit(hello);
    core.receive(join_message(peer_of(id), token_of(id)));
    round();
  }

  void round() {
    auto sent = flush();
    BOOST_TEST(sent.refusals.empty());
    for (auto& [id, xs] : sent.dispatched)
      for (auto& x : xs)
        running[id].push_back(x);
    for (auto& x : sent.reported[ann])
      ended[x.number] = x;
  }

  void send(std::vector<task_spec> xs) {
    submit(ann, xs);
    round();
  }

  dispatched_task take(engine_id id) {
    auto& xs = running[id];
    BOOST_REQUIRE(!xs.empty());
    auto result = xs.front();
    xs.erase(xs.begin());
    return result;
  }

  /// Lets an engine end the oldest task that it has.
  void finish(engine_id id) {
    answer(id, {take(id)});
    round();
  }

  void refuse_task(engine_id id, std::chrono::milliseconds retry_after = 0ms) {
    core.receive(rejection_message(id, take(id).key, retry_after));
    round();
  }

  names has(engine_id id) {
    names result;
    for (auto& x : running[id])
      result.push_back(x.arguments);
    return result;
  }

  failure why(task_number number) {
    auto i = ended.find(number);
    return i != ended.end() ? i->second.why : failure{"it did not end", ""};
  }

  std::map<engine_id, std::vector<dispatched_task>> running;
  std::map<task_number, reported_task> ended;
};

struct one_at_a_time : fixture {
  one_at_a_time() : fixture(1) {
    // nop
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(needs_suite, fixture)

// -- tags ---------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_task_goes_where_its_tags_are) {
  add(e0, "", "");
  add(e1, "big,gpu-node", "");
  send({needing(1, "gpu-node", ""), needing(2, "big,gpu-node", ""), plain(3)});
  BOOST_TEST((has(e1) == names{"1", "2"}));
  BOOST_TEST((has(e0) == names{"3"}));
}

BOOST_AUTO_TEST_CASE(what_nobody_has_ends_at_once_and_tells_the_best) {
  add(e0, "fast", "mem=4G");
  add(e1, "fast", "gpu=1,mem=8G");
  send({needing(1, "fast", "gpu=2"), plain(2)});
  BOOST_TEST((ended[1].outcome == wire::Outcome::Impossible));
  BOOST_TEST(why(1).type == "no_engine_fits");
  BOOST_TEST(why(1).message
             == "it needs gpu=2 and the tag fast; the best engine, engine-1, "
                "has gpu=1 and the tag fast");
  BOOST_TEST(ended.count(2) == 0u);
}

BOOST_AUTO_TEST_CASE(without_engines_a_task_waits_for_one_that_fits) {
  send({needing(1, "gpu-node", ""), needing(2, "other", "")});
  BOOST_TEST(ended.empty());
  add(e0, "gpu-node", "");
  BOOST_TEST((has(e0) == names{"1"}));
  BOOST_TEST(why(2).type == "no_engine_fits");
}

BOOST_AUTO_TEST_CASE(without_engines_it_does_not_wait_for_ever) {
  send({needing(1, "gpu-node", "")});
  advance(31s);
  round();
  BOOST_TEST(why(1).type == "no_engines");
}

BOOST_FIXTURE_TEST_CASE(the_last_engine_that_fits_takes_its_tasks_with_it,
                        one_at_a_time) {
  add(e0, "", "");
  add(e1, "gpu-node", "");
  send({needing(1, "gpu-node", ""), needing(2, "gpu-node", "")});
  core.lose(e1);
  round();
  BOOST_TEST((ended[1].outcome == wire::Outcome::EngineLost));
  BOOST_TEST(why(2).type == "no_engine_fits");
  BOOST_TEST(core.status().queued == 0u);
}

BOOST_FIXTURE_TEST_CASE(a_new_engine_that_fits_helps_at_once, one_at_a_time) {
  add(e0, "gpu-node", "");
  send({needing(1, "gpu-node", ""), needing(2, "gpu-node", ""),
        needing(3, "gpu-node", "")});
  add(e1, "", "");
  BOOST_TEST(has(e1).empty());
  add(e2, "gpu-node,more", "");
  BOOST_TEST((has(e2) == names{"2"}));
}

BOOST_AUTO_TEST_CASE(targets_have_to_fit_as_well) {
  add(e0, "", "");
  add(e1, "gpu-node", "");
  auto x = needing(1, "gpu-node", "");
  x.demand.targets = 1;
  x.references = {0};
  auto y = x;
  y.number = 2;
  y.references = {1};
  send({x, y});
  BOOST_TEST(why(1).type == "no_engine_fits");
  BOOST_TEST(running[e1].size() == 1u);
}

// -- slots --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(slots_are_taken_and_given_back) {
  add(e0, "", "gpu=2");
  send({needing(1, "", "gpu=1"), needing(2, "", "gpu=1"),
        needing(3, "", "gpu=2"), plain(4)});
  BOOST_TEST((has(e0) == names{"1", "2", "4"})); // plain tasks take none
  finish(e0);
  BOOST_TEST((has(e0) == names{"2", "4"}));
  finish(e0);
  BOOST_TEST((has(e0) == names{"4", "3"}));
}

BOOST_AUTO_TEST_CASE(slots_come_back_when_a_client_or_connection_is_lost) {
  add(e0, "", "gpu=1");
  auto x = needing(1, "", "gpu=1");
  x.attempts = 2;
  send({x, needing(2, "", "gpu=1")});
  core.receive(join_message(routing_id{"again"}, token_of(e0)));
  running.clear();
  auto sent = flush(); // compares the slots
  BOOST_TEST(sent.messages.size() == 1u);
  core.lose(ann);
  flush();
}

BOOST_AUTO_TEST_CASE(order_is_kept_among_tasks_that_need_the_same) {
  add(e0, "", "gpu=1");
  std::vector<task_spec> xs;
  for (task_number i = 1; i <= 20; ++i)
    xs.push_back(needing(i, "", "gpu=1"));
  send(xs);
  for (task_number i = 1; i <= 20; ++i) {
    BOOST_TEST((has(e0) == names{std::to_string(i)}));
    finish(e0);
  }
  BOOST_TEST(ended.size() == 20u);
}

BOOST_AUTO_TEST_CASE(nonsense_is_told) {
  add(e0, "", "gpu=1");
  auto x = plain(1);
  x.needs = {{"no name!"}, {}};
  send({x, plain(2)});
  BOOST_TEST(why(1).type == "bad_needs");
  BOOST_TEST((has(e0) == names{"2"}));
}

// -- rejections ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_rejected_task_runs_elsewhere) {
  add(e0, "", "");
  add(e1, "", "");
  send({plain(1)});
  auto first = has(e0).empty() ? e1 : e0;
  auto second = first == e0 ? e1 : e0;
  refuse_task(first);
  BOOST_TEST((has(second) == names{"1"}));
  BOOST_TEST(has(first).empty());
  finish(second);
  BOOST_TEST((ended[1].outcome == wire::Outcome::Ok));
  for (auto& x : core.status().engines)
    BOOST_TEST(x.failed == 0u);
}

BOOST_AUTO_TEST_CASE(a_task_that_everybody_rejects_ends) {
  add(e0, "", "");
  add(e1, "", "");
  add(e2, "", "");
  send({plain(1)});
  for (auto i = 0; i < 3; ++i)
    for (auto id : {e0, e1, e2})
      if (!has(id).empty()) {
        refuse_task(id);
        break;
      }
  BOOST_TEST((ended[1].outcome == wire::Outcome::Impossible));
  BOOST_TEST(why(1).type == "rejected");
  BOOST_TEST(why(1).message
             == "every engine that can run it rejected it; the last one said: "
                "not here");
}

BOOST_AUTO_TEST_CASE(a_rejected_task_may_wait_and_ends_in_the_end) {
  add(e0, "", "");
  send({plain(1)});
  for (auto i = 1u; i < limits::task_rejections; ++i) {
    refuse_task(e0, 100ms);
    advance(99ms);
    round();
    BOOST_TEST(has(e0).empty());
    advance(1ms);
    round();
    BOOST_REQUIRE((has(e0) == names{"1"}));
  }
  refuse_task(e0, 100ms);
  BOOST_TEST(why(1).type == "rejected");
}

BOOST_FIXTURE_TEST_CASE(an_engine_is_not_avoided_when_the_others_left,
                        one_at_a_time) {
  add(e0, "fast", "");
  add(e1, "fast", "");
  auto x = needing(1, "fast", "");
  x.retries = 1;
  x.demand.flags = demand_flags::retry_elsewhere;
  send({x, plain(2)});
  auto first = has(e0) == names{"1"} ? e0 : e1;
  auto second = first == e0 ? e1 : e0;
  BOOST_REQUIRE((has(second) == names{"2"}));
  answer(first, {take(first)}, wire::Outcome::Error);
  round();
  BOOST_TEST(has(first).empty()); // it waits for the other one
  core.lose(second);
  round();
  BOOST_TEST((has(first) == names{"1"}));
}

BOOST_AUTO_TEST_CASE(a_pause_after_a_rejection_ends_with_the_deadline) {
  add(e0, "", "");
  auto x = plain(1);
  x.demand.queue_ms = 500;
  send({x});
  refuse_task(e0, 1000ms);
  advance(500ms);
  round();
  BOOST_TEST((ended[1].outcome == wire::Outcome::Timeout));
}

BOOST_AUTO_TEST_SUITE_END()
