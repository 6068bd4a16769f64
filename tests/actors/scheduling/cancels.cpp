// SPDX-License-Identifier: BSL-1.0

// What the scheduler does when tasks are cancelled, and what it says of those
// that wait.

#include "actors/scheduling/lane.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::test;

namespace {

constexpr auto ann = client_id{1};
constexpr auto bob = client_id{2};
constexpr auto e0 = engine_id{0};
constexpr auto e1 = engine_id{1};

task_scheduler_config config() {
  task_scheduler_config cfg;
  cfg.hwm = 1;
  return cfg;
}

struct fixture : test::lane {
  fixture() : test::lane(config()) {
    add(ann);
    flush();
  }

  lane_output round() {
    auto sent = flush();
    revoked = sent.revoked;
    for (auto& [id, xs] : sent.dispatched)
      for (auto& x : xs)
        running[id] = x;
    for (auto& x : sent.reported[ann]) {
      BOOST_TEST(!ended.contains(x.number));
      ended[x.number] = x;
    }
    return sent;
  }

  cancel_counts cancel(cancel_mode mode, task_number first, std::uint64_t count,
                       client_id who = ann) {
    auto result = core.cancel(who, {1, mode, {{first, count}}});
    round();
    return result;
  }

  wire::WaitReason reason(task_number number) {
    return core.why({ann, number}).reports.at(0).reason;
  }

  wire::Outcome outcome(task_number number) {
    BOOST_REQUIRE(ended.contains(number));
    return ended[number].outcome;
  }

  std::map<engine_id, dispatched_task> running;
  std::map<task_number, reported_task> ended;
  std::vector<std::pair<engine_id, revocation>> revoked;
};

using reason_type = wire::WaitReason;

} // namespace

BOOST_FIXTURE_TEST_SUITE(cancels_suite, fixture)

BOOST_AUTO_TEST_CASE(waiting_tasks_end_at_once) {
  add(e0);
  auto held = tasks(5, 5);
  held[0].demand.after = 1;
  held[0].demand.flags = demand_flags::success;
  held[0].references = {1};
  submit(ann, tasks(1, 4));
  submit(ann, held);
  round();
  auto answer = cancel(cancel_mode::dequeue, 1, 5);
  BOOST_TEST(answer.dequeued == 4u); // 2, 3, 4 and the held one
  BOOST_TEST(answer.asked == 1u);
  for (task_number i = 2; i <= 5; ++i)
    BOOST_TEST((outcome(i) == wire::Outcome::Aborted));
  BOOST_TEST(!ended.contains(1));
  BOOST_REQUIRE(revoked.size() == 1u);
  BOOST_TEST((revoked[0].first == e0));
  BOOST_TEST((revoked[0].second.mode == cancel_mode::dequeue));
  BOOST_TEST(
    (revoked[0].second.keys == std::vector<std::uint64_t>{running[e0].key}));
}

BOOST_AUTO_TEST_CASE(a_cancel_may_be_repeated) {
  add(e0);
  submit(ann, tasks(1, 2));
  round();
  cancel(cancel_mode::dequeue, 1, 2);
  auto again = cancel(cancel_mode::kill, 1, 2);
  BOOST_TEST(again.dequeued == 0u);
  BOOST_TEST(again.killed == 1u);
  answer(e0, {running[e0]});
  round();
  BOOST_TEST((outcome(1) == wire::Outcome::Ok)); // it was faster
  auto late = cancel(cancel_mode::kill, 1, 2);
  BOOST_TEST(late.dequeued + late.asked + late.killed == 0u);
}

BOOST_AUTO_TEST_CASE(a_cancel_may_overtake_its_tasks) {
  add(e0);
  auto answer = cancel(cancel_mode::stop, 1, 3);
  BOOST_TEST(answer.dequeued == 3u);
  submit(ann, tasks(1, 4));
  round();
  for (task_number i = 1; i <= 3; ++i)
    BOOST_TEST((outcome(i) == wire::Outcome::Aborted));
  BOOST_TEST(running[e0].arguments == "4");
}

BOOST_AUTO_TEST_CASE(a_killed_task_does_not_run_again) {
  add(e0);
  submit(ann, tasks(1, 1, 5, 5));
  round();
  cancel(cancel_mode::kill, 1, 1);
  core.lose(e0);
  add(e1);
  round();
  BOOST_TEST((outcome(1) == wire::Outcome::Aborted));
}

BOOST_AUTO_TEST_CASE(an_engine_that_leaves_costs_others_no_attempt) {
  add(e0);
  submit(ann, tasks(1, 1, 1));
  round();
  core.receive({peer_of(e0), {pack_leave()}});
  add(e1);
  round();
  BOOST_TEST(ended.empty());
  BOOST_TEST(running[e1].arguments == "1");
  BOOST_TEST(running[e1].attempt == 1u);
}

BOOST_AUTO_TEST_CASE(nobody_cancels_the_tasks_of_others) {
  add(bob);
  submit(ann, tasks(1, 1));
  round();
  auto answer = cancel(cancel_mode::dequeue, 1, 1, bob);
  BOOST_TEST(answer.asked + answer.killed == 0u);
  BOOST_TEST(ended.empty());
  cancel(cancel_mode::dequeue, 1, 1, client_id{77});
}

BOOST_AUTO_TEST_CASE(dependents_of_cancelled_tasks_end_as_they_said) {
  submit(ann, tasks(1, 1));
  auto strict = tasks(2, 2);
  strict[0].demand.after = 1;
  strict[0].demand.flags = demand_flags::success;
  strict[0].references = {1};
  auto anyhow = strict;
  anyhow[0].number = 3;
  anyhow[0].demand.flags |= demand_flags::failure;
  submit(ann, strict);
  submit(ann, anyhow);
  round();
  cancel(cancel_mode::dequeue, 1, 1);
  BOOST_TEST((outcome(2) == wire::Outcome::Impossible));
  BOOST_TEST(!ended.contains(3));
}

BOOST_AUTO_TEST_CASE(ranges_without_end_do_no_harm) {
  submit(ann, tasks(1, 1));
  round();
  core.cancel(ann, {1, cancel_mode::dequeue, {{1, UINT64_MAX}}});
  core.cancel(ann, {2, cancel_mode::dequeue, {{UINT64_MAX, 1}}});
  core.cancel(ann, {3, cancel_mode::dequeue, {{0, 0}}});
  round();
  BOOST_TEST((outcome(1) == wire::Outcome::Aborted));
}

// -- late joins ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_late_join_of_an_older_connection_is_dropped) {
  core.admit(announcement(e0, {work}));
  core.receive({routing_id{"new"}, {pack_join(token_of(e0), 2)}});
  core.receive({routing_id{"old"}, {pack_join(token_of(e0), 1)}});
  submit(ann, tasks(1, 1));
  auto actions = core.flush();
  BOOST_REQUIRE(!actions.messages.empty());
  for (auto& x : actions.messages)
    BOOST_TEST((x.peer == routing_id{"new"}));
}

// -- reasons ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(each_waiting_task_has_a_reason) {
  submit(ann, tasks(1, 1));
  round();
  BOOST_TEST((reason(1) == reason_type::NoEngines));
  auto hello = announcement(e0, {work});
  hello.means = *parse_resources("", "gpu=1");
  core.admit(hello);
  core.receive(join_message(peer_of(e0), token_of(e0)));
  round();
  BOOST_TEST((reason(1) == reason_type::Dispatched));
  auto xs = tasks(2, 6);
  xs[1].priority = 3;
  xs[2].demand.after = 1;
  xs[2].demand.flags = demand_flags::success;
  xs[2].references = {1};
  xs[4].priority = -1;
  submit(ann, xs);
  round();
  BOOST_TEST((reason(2) == reason_type::Priority));
  BOOST_TEST((reason(3) == reason_type::Busy));
  BOOST_TEST((reason(4) == reason_type::Dependencies));
  BOOST_TEST(core.why({ann, 4}).reports[0].detail == 1u);
  BOOST_TEST((reason(6) == reason_type::Priority));
  BOOST_TEST((reason(99) == reason_type::Unknown));
  auto other = core.why({bob, 1}).reports[0].reason;
  BOOST_TEST((other == reason_type::Unknown));
  auto all = core.why({}).reports;
  auto sum = std::uint64_t{0};
  for (auto& x : all) {
    sum += x.count;
    BOOST_TEST(!to_string(x).empty());
  }
  BOOST_TEST(sum == 6u);
  BOOST_TEST(all.size() == 4u);
}

BOOST_AUTO_TEST_CASE(slots_and_pauses_are_reasons) {
  task_scheduler_config cfg;
  cfg.hwm = 8;
  test::lane other{cfg};
  other.add(ann);
  auto hello = announcement(e0, {work});
  hello.means = *parse_resources("", "gpu=1");
  other.core.admit(hello);
  other.core.receive(join_message(peer_of(e0), token_of(e0)));
  auto xs = tasks(1, 3);
  xs[0].needs = xs[1].needs = *parse_resources("", "gpu=1");
  other.submit(ann, xs);
  auto sent = other.flush();
  auto report = other.core.why({ann, 2}).reports.at(0);
  BOOST_TEST((report.reason == reason_type::Slots));
  BOOST_TEST(report.more == 1u);
  BOOST_REQUIRE(sent.dispatched[e0].size() == 2u);
  other.core.receive(rejection_message(e0, sent.dispatched[e0][1].key, 1500ms));
  other.flush();
  report = other.core.why({ann, 3}).reports.at(0);
  BOOST_TEST((report.reason == reason_type::RetryDelay));
  BOOST_TEST(report.detail == 1500u);
}

BOOST_AUTO_TEST_CASE(names_of_tasks_are_read) {
  BOOST_TEST((*parse_task_id("3/17") == task_id{client_id{3}, 17}));
  for (auto text : {"", "3", "3/", "/3", "3/0", "a/b", "3/17x", "-1/2"})
    BOOST_TEST(!parse_task_id(text), text);
  BOOST_TEST(to_string(task_id{client_id{3}, 17}) == "3/17");
}

BOOST_AUTO_TEST_SUITE_END()
