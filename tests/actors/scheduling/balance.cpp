// SPDX-License-Identifier: BSL-1.0

// Tasks that engines give back because others have nothing to do.

#include "actors/scheduling/lane.hpp"

#include <boost/test/unit_test.hpp>

#include <utility>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::test;

namespace {

constexpr auto ann = client_id{1};
constexpr auto e0 = engine_id{0};
constexpr auto e1 = engine_id{1};
constexpr auto e2 = engine_id{2};
constexpr auto skipped = wire::Outcome::Skipped;
constexpr auto period = scheduler_core::balance_period;

task_scheduler_config config() {
  task_scheduler_config result;
  result.hwm = 8;
  return result;
}

struct fixture {
  fixture() {
    lane.add(ann);
    lane.add(e0);
  }

  /// Gives engine 0 tasks before the others come.
  void load(std::vector<task_spec> xs) {
    lane.submit(ann, std::move(xs));
    at0 = lane.flush().dispatched[e0];
    lane.add(e1);
    lane.add(e2);
    lane.flush();
  }

  /// Lets the latest tasks of engine 0 come back.
  lane_output give_back(std::size_t count) {
    for (; count > 0; --count) {
      lane.answer(e0, {at0.back()}, skipped);
      at0.pop_back();
    }
    return lane.flush();
  }

  test::lane lane{config()};
  std::vector<dispatched_task> at0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(balance_suite, fixture)

BOOST_AUTO_TEST_CASE(tasks_behind_a_long_one_go_to_those_who_have_nothing) {
  load(tasks(1, 7));
  BOOST_REQUIRE(at0.size() == 7u);
  lane.advance(period);
  auto sent = lane.flush();
  BOOST_TEST(sent.wanted_back[e0] == 4u); // of six that wait, for three
  sent = give_back(4);
  BOOST_TEST(sent.dispatched[e0].empty());
  BOOST_TEST(sent.dispatched[e1].size() == 2u);
  BOOST_TEST(sent.dispatched[e2].size() == 2u);
  for (auto id : {e1, e2})
    for (auto& x : sent.dispatched[id])
      BOOST_TEST(x.attempt == 1u); // it had not begun
  lane.answer(e0, at0);
  lane.answer(e1, sent.dispatched[e1]);
  lane.answer(e2, sent.dispatched[e2]);
  BOOST_TEST(lane.flush().reported[ann].size() == 7u);
}

BOOST_AUTO_TEST_CASE(engines_that_answer_keep_their_tasks) {
  load(tasks(1, 7));
  lane.advance(period - 1ms);
  lane.answer(e0, {at0.front()});
  BOOST_TEST(lane.flush().wanted_back.empty());
  lane.advance(period - 1ms);
  BOOST_TEST(lane.flush().wanted_back.empty());
}

BOOST_AUTO_TEST_CASE(nothing_comes_back_while_all_have_something) {
  lane.add(e1);
  lane.submit(ann, tasks(1, 10));
  lane.flush();
  lane.advance(10 * period);
  BOOST_TEST(lane.flush().wanted_back.empty());
}

BOOST_AUTO_TEST_CASE(tasks_that_may_run_nowhere_else_stay) {
  auto xs = tasks(1, 3);
  xs[2].demand.targets = 1;
  xs[2].references = {value(e0)};
  load(std::move(xs));
  BOOST_REQUIRE(at0.size() == 3u);
  lane.advance(period);
  BOOST_TEST(lane.flush().wanted_back.empty());
}

BOOST_AUTO_TEST_CASE(engines_that_cannot_run_tasks_do_not_count_as_idle) {
  lane.submit(ann, tasks(1, 7));
  BOOST_REQUIRE(lane.flush().dispatched[e0].size() == 7u);
  lane.add(e1, {function_id{2}});
  lane.flush();
  lane.advance(period);
  BOOST_TEST(lane.flush().wanted_back.empty());
  lane.add(e2, {work, function_id{2}});
  lane.flush();
  lane.advance(period);
  BOOST_TEST(lane.flush().wanted_back[e0] == 3u); // of six, for two
}

BOOST_AUTO_TEST_CASE(tasks_are_taken_up_to_the_last_one_that_others_can_run) {
  auto xs = tasks(1, 7);
  xs[4].function = function_id{2};
  lane.add(e1, {work, function_id{2}});
  lane.core.lose(e0);
  lane.submit(ann, std::move(xs));
  BOOST_REQUIRE(lane.flush().dispatched[e1].size() == 7u);
  lane.add(e2, {function_id{2}});
  lane.flush();
  lane.advance(period);
  BOOST_TEST(lane.flush().wanted_back[e1] == 3u); // number 5 and those behind
}

BOOST_AUTO_TEST_CASE(a_new_connection_owes_nothing) {
  load(tasks(1, 7));
  lane.advance(period);
  BOOST_TEST(lane.flush().wanted_back[e0] == 4u);
  lane.core.receive(join_message(routing_id{"engine-0 again"}, token_of(e0)));
  lane.flush();
  lane.core.lose(e1);
  lane.core.lose(e2);
  lane.submit(ann, tasks(8, 9));
  lane.flush();
  lane.core.receive(join_message(peer_of(e0), token_of(e0)));
  lane.submit(ann, tasks(10, 11));
  auto xs = lane.flush().dispatched[e0];
  BOOST_REQUIRE(xs.size() == 2u);
  auto before = lane.core.status().dropped;
  lane.answer(e0, xs, skipped);
  BOOST_TEST(lane.core.status().dropped == before + 2);
}

BOOST_AUTO_TEST_CASE(engines_are_asked_now_and_then) {
  load(tasks(1, 7));
  lane.advance(period);
  BOOST_TEST(lane.flush().wanted_back[e0] == 4u);
  lane.advance(period);
  BOOST_TEST(lane.flush().wanted_back.empty());
  lane.advance(250ms);
  BOOST_TEST(lane.flush().wanted_back[e0] == 4u);
}

BOOST_AUTO_TEST_CASE(what_comes_back_does_not_return) {
  test::lane adaptive{task_scheduler_config{}};
  adaptive.add(ann);
  adaptive.add(e0);
  adaptive.submit(ann, tasks(1, 1));
  adaptive.answer(e0, adaptive.flush().dispatched[e0]); // in 1 ms
  adaptive.flush();
  adaptive.submit(ann, tasks(2, 7)); // it might have nine
  BOOST_REQUIRE(adaptive.flush().dispatched[e0].size() == 6u);
  adaptive.add(e1);
  adaptive.flush();
  adaptive.advance(period);
  BOOST_TEST(adaptive.flush().wanted_back[e0] == 3u);
  adaptive.submit(ann, tasks(8, 20));
  BOOST_TEST(adaptive.flush().dispatched[e0].empty());
}

BOOST_AUTO_TEST_CASE(engines_are_asked_soon_again_for_the_rest) {
  load(tasks(1, 7));
  lane.advance(period);
  BOOST_TEST(lane.flush().wanted_back[e0] == 4u);
  auto sent = give_back(4);
  lane.advance(period);
  BOOST_TEST(lane.flush().wanted_back.empty()); // nobody is idle
  lane.answer(e1, sent.dispatched[e1]);
  lane.answer(e2, sent.dispatched[e2]);
  lane.advance(period);
  BOOST_TEST(lane.flush().wanted_back[e0] == 2u);
  sent = give_back(2);
  lane.answer(e1, sent.dispatched[e1]);
  lane.answer(e2, sent.dispatched[e2]);
  lane.advance(period);
  BOOST_TEST(lane.flush().wanted_back.empty()); // it has just one
}

BOOST_AUTO_TEST_CASE(nobody_gives_back_what_nobody_wants) {
  load(tasks(1, 3));
  auto before = lane.core.status().dropped;
  auto sent = give_back(1);
  BOOST_TEST(lane.core.status().dropped == before + 1);
  BOOST_TEST(sent.dispatched.empty());
}

BOOST_AUTO_TEST_CASE(what_came_too_early_is_not_given_back) {
  auto xs = tasks(1, 2);
  xs[1].demand = {.after = 1, .flags = demand_flags::success};
  xs[1].references = {1};
  lane.submit(ann, xs);
  auto early = lane.flush().dispatched[e0];
  BOOST_REQUIRE(early.size() == 2u);
  load(tasks(3, 6));
  BOOST_REQUIRE(at0.size() == 4u);
  lane.advance(period);
  BOOST_TEST(lane.flush().wanted_back[e0] == 4u);
  lane.answer(e0, {early[0]}, wire::Outcome::Error);
  lane.answer(e0, {early[1]}, skipped);
  lane.flush();
  auto sent = give_back(4);
  BOOST_TEST(sent.dispatched[e1].size() + sent.dispatched[e2].size()
               + sent.dispatched[e0].size()
             == 4u);
}

BOOST_AUTO_TEST_CASE(a_chain_comes_back_as_a_whole) {
  auto xs = tasks(1, 5);
  for (auto i : {2, 3, 4}) {
    xs[i].demand.after = 1;
    xs[i].demand.flags = demand_flags::success;
    xs[i].references = {xs[i - 1].number};
  }
  load(std::move(xs));
  BOOST_REQUIRE(at0.size() == 5u);
  lane.advance(period);
  BOOST_TEST(lane.flush().wanted_back[e0] == 4u);
  auto sent = give_back(4);
  BOOST_TEST(sent.dispatched[e0].empty());
  BOOST_TEST(sent.dispatched[e1].size() + sent.dispatched[e2].size() == 4u);
}

BOOST_AUTO_TEST_CASE(a_chain_stays_with_the_link_that_runs) {
  auto xs = tasks(1, 3);
  for (auto i : {1, 2}) {
    xs[i].demand.after = 1;
    xs[i].demand.flags = demand_flags::success;
    xs[i].references = {xs[i - 1].number};
  }
  load(std::move(xs));
  BOOST_REQUIRE(at0.size() == 3u);
  lane.advance(period);
  BOOST_TEST(lane.flush().wanted_back.empty());
}

BOOST_AUTO_TEST_CASE(cancelled_tasks_that_come_back_end) {
  load(tasks(1, 4));
  lane.advance(period);
  BOOST_TEST(lane.flush().wanted_back[e0] == 2u);
  lane.core.cancel(ann, {1, cancel_mode::stop, {{4, 1}}});
  auto sent = give_back(1);
  BOOST_REQUIRE(sent.reported[ann].size() == 1u);
  BOOST_TEST((sent.reported[ann][0].outcome == wire::Outcome::Aborted));
}

BOOST_AUTO_TEST_SUITE_END()
