// SPDX-License-Identifier: BSL-1.0

// What the direct scheduler does when calls are cancelled, and what it says of
// results that are not there.

#include "actors/scheduling/cast_lane.hpp"

#include <boost/test/unit_test.hpp>

#include <map>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::test;

namespace {

constexpr auto ann = client_id{1};
constexpr auto ben = client_id{2};
constexpr auto e0 = engine_id{0};
constexpr auto e1 = engine_id{1};

using numbers = std::vector<task_number>;
using strings = std::vector<std::string>;
using reason = wire::WaitReason;

direct_scheduler_config config() {
  direct_scheduler_config cfg;
  cfg.engine_calls = 2;
  return cfg;
}

/// Two engines with room for two calls each.
struct fixture : cast_lane {
  fixture() : cast_lane(config()) {
    add(ann);
    add(ben);
    add(e0);
    add(e1);
    round();
  }

  lane_output round() {
    auto sent = flush();
    for (auto& [id, xs] : sent.dispatched)
      for (auto& x : xs)
        running[id].push_back(x);
    for (auto& x : sent.reported[ann]) {
      BOOST_TEST(!ended.contains(x.number));
      ended[x.number] = x;
    }
    return sent;
  }

  cancel_counts cancel(cancel_mode mode, task_number first, std::uint64_t count,
                       client_id who = ann) {
    auto result = core.cancel(who, {1, mode, {{first | direct_number, count}}});
    revoked = round().revoked;
    return result;
  }

  /// Answers the oldest call of an engine.
  void answer_one(engine_id id, wire::Outcome outcome = wire::Outcome::Ok) {
    auto& xs = running[id];
    BOOST_REQUIRE(!xs.empty());
    answer(id, {xs.front()}, outcome);
    xs.erase(xs.begin());
    round();
  }

  wait_report why(task_number number, client_id who = ann) {
    auto result = core.why({who, number | direct_number}).reports;
    BOOST_REQUIRE(result.size() == 1u);
    return result[0];
  }

  wire::Outcome outcome(task_number number) {
    BOOST_REQUIRE(ended.contains(number));
    return ended[number].outcome;
  }

  std::vector<std::uint64_t> keys(engine_id id, std::vector<std::size_t> xs) {
    std::vector<std::uint64_t> result;
    for (auto n : xs)
      result.push_back(direct_key(running[id].at(n).key));
    return result;
  }

  std::map<engine_id, std::vector<dispatched_task>> running;
  std::map<task_number, reported_task> ended;
  std::vector<std::pair<engine_id, revocation>> revoked;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(direct_cancels_suite, fixture)

// -- cancelling ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(waiting_calls_end_and_engines_are_told_of_the_rest) {
  submit(ann, casts(1, 5, {0}));
  round();
  auto counts = cancel(cancel_mode::dequeue, 2, 3);
  BOOST_TEST(counts.asked == 1u);
  BOOST_TEST(counts.dequeued == 2u);
  BOOST_TEST(counts.killed == 0u);
  for (task_number i : {3, 4}) {
    BOOST_TEST((outcome(i) == wire::Outcome::Aborted));
    BOOST_TEST(ended[i].why.type == "cancelled");
  }
  BOOST_REQUIRE(revoked.size() == 1u);
  BOOST_TEST((revoked[0].first == e0));
  BOOST_TEST((revoked[0].second.mode == cancel_mode::dequeue));
  BOOST_TEST((revoked[0].second.keys == keys(e0, {1})));
  answer_one(e0);
  answer_one(e0, wire::Outcome::Aborted);
  answer_one(e0);
  BOOST_TEST((outcome(1) == wire::Outcome::Ok));
  BOOST_TEST((outcome(2) == wire::Outcome::Aborted));
  BOOST_TEST((outcome(5) == wire::Outcome::Ok));
}

BOOST_AUTO_TEST_CASE(the_order_of_the_rest_stays) {
  submit(ann, casts(1, 4, {0}));
  submit(ben, casts(1, 2, {0}));
  submit(ann, casts(5, 3, {0}));
  round();
  cancel(cancel_mode::dequeue, 4, 2);
  strings order;
  while (!running[e0].empty()) {
    order.push_back(running[e0].front().arguments);
    answer_one(e0);
  }
  BOOST_TEST((order == strings{"1", "2", "3", "1", "2", "6", "7"}));
}

BOOST_AUTO_TEST_CASE(a_cancel_may_be_repeated) {
  submit(ann, casts(1, 3, {0}));
  round();
  cancel(cancel_mode::stop, 1, 3);
  auto again = cancel(cancel_mode::kill, 1, 3);
  BOOST_TEST(again.dequeued == 0u);
  BOOST_TEST(again.killed == 2u);
  BOOST_TEST((revoked.at(0).second.mode == cancel_mode::kill));
  answer_one(e0);
  answer_one(e0);
  BOOST_TEST((outcome(1) == wire::Outcome::Ok)); // it was faster
  auto late = cancel(cancel_mode::kill, 1, 3);
  BOOST_TEST(late.dequeued + late.asked + late.killed == 0u);
  BOOST_TEST(revoked.empty());
}

BOOST_AUTO_TEST_CASE(a_whole_broadcast_is_one_cancel) {
  submit(ann, casts(1, 3, {0, 1}, cast_flags::coalesce));
  round();
  auto counts = cancel(cancel_mode::kill, 1, 6);
  BOOST_TEST(counts.killed == 4u);
  BOOST_TEST(counts.dequeued == 2u);
  BOOST_TEST(revoked.size() == 2u);
  BOOST_TEST(ended.size() == 2u); // the third call, together
  core.lose(e0);
  round();
  BOOST_TEST(ended.size() == 2u); // the others wait for engine 1
  answer_one(e1, wire::Outcome::Aborted);
  answer_one(e1);
  BOOST_TEST(ended.size() == 6u);
  BOOST_TEST((outcome(1) == wire::Outcome::Aborted));
  BOOST_TEST(ended[1].why.message == "engine-0 ended with it");
  BOOST_TEST((outcome(4) == wire::Outcome::Ok));
}

BOOST_AUTO_TEST_CASE(a_call_may_be_cancelled_on_one_of_its_engines) {
  submit(ann, casts(1, 1, {0, 1}));
  round();
  cancel(cancel_mode::dequeue, 2, 1);
  BOOST_REQUIRE(revoked.size() == 1u);
  BOOST_TEST((revoked[0].first == e1));
  answer_one(e0);
  BOOST_TEST((outcome(1) == wire::Outcome::Ok));
}

BOOST_AUTO_TEST_CASE(calls_that_have_an_engine_twice_are_told_apart) {
  submit(ann, casts(1, 1, {0, 0, 1}));
  round();
  BOOST_TEST(running[e0].size() == 2u);
  BOOST_TEST(running[e0][0].key != running[e0][1].key);
  BOOST_TEST(running[e0][0].key == running[e1][0].key);
  cancel(cancel_mode::dequeue, 2, 1);
  BOOST_TEST((revoked.at(0).second.keys == keys(e0, {1})));
  answer(e0, {running[e0][1]}, wire::Outcome::Aborted);
  round();
  BOOST_TEST((outcome(2) == wire::Outcome::Aborted));
}

BOOST_AUTO_TEST_CASE(a_cancel_may_overtake_its_calls) {
  auto counts = cancel(cancel_mode::stop, 2, 3);
  BOOST_TEST(counts.dequeued == 3u);
  submit(ann, casts(1, 3, {0, 1}));
  round();
  for (task_number i = 2; i <= 4; ++i)
    BOOST_TEST((outcome(i) == wire::Outcome::Aborted));
  BOOST_TEST(ended.size() == 3u);
  BOOST_TEST(running[e0].size() == 2u); // 1 and 5
  BOOST_TEST(running[e1].size() == 1u); // 6
}

BOOST_AUTO_TEST_CASE(nobody_cancels_the_calls_of_others) {
  submit(ann, casts(1, 3, {0}));
  round();
  auto counts = cancel(cancel_mode::kill, 1, 3, ben);
  BOOST_TEST(counts.asked + counts.killed == 0u);
  BOOST_TEST(revoked.empty());
  BOOST_TEST(ended.empty());
  cancel(cancel_mode::kill, 1, 3, client_id{77});
}

BOOST_AUTO_TEST_CASE(a_cancelled_call_that_is_rejected_is_cancelled) {
  submit(ann, casts(1, 1, {0}));
  round();
  cancel(cancel_mode::dequeue, 1, 1);
  core.receive(rejection_message(e0, running[e0][0].key, 5ms));
  round();
  BOOST_TEST((outcome(1) == wire::Outcome::Aborted));
}

BOOST_AUTO_TEST_CASE(room_that_a_cancel_leaves_is_used) {
  auto large = buffer::adopt(std::string(limits::engine_bytes + 1, 'x'));
  submit(ann, {{.number = 1, .engines = {0}},
               {.number = 2, .engines = {0}, .frames = {large}},
               {.number = 3, .engines = {0}}});
  round();
  BOOST_TEST(running[e0].size() == 1u);
  cancel(cancel_mode::dequeue, 2, 1);
  BOOST_TEST(running[e0].size() == 2u);
}

// -- engines that end ---------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_engine_that_leaves_began_nothing_more) {
  submit(ann, casts(1, 3, {0}));
  round();
  cancel(cancel_mode::dequeue, 2, 1);
  core.receive({peer_of(e0), {pack_leave()}});
  round();
  BOOST_TEST((outcome(1) == wire::Outcome::EngineLost));
  BOOST_TEST(ended[1].why.message == "engine-0 ended before the call began");
  BOOST_TEST((outcome(2) == wire::Outcome::Aborted));
  BOOST_TEST(ended[2].why.message == "it had not begun");
  BOOST_TEST((outcome(3) == wire::Outcome::EngineLost));
  submit(ann, casts(4, 1, {0}));
  BOOST_TEST(round().dispatched.empty());
  core.lose(e0);
  round();
  BOOST_TEST((outcome(4) == wire::Outcome::EngineLost));
}

BOOST_AUTO_TEST_CASE(what_several_clients_had_with_a_killed_engine_ends_once) {
  submit(ann, casts(1, 2, {0, 1}));
  submit(ben, casts(1, 2, {0}));
  round();
  cancel(cancel_mode::kill, 1, 1);
  answer(e0, {running[e0][0]}, wire::Outcome::Aborted);
  core.receive({peer_of(e0), {pack_leave()}});
  core.lose(e0);
  auto sent = round();
  BOOST_TEST((outcome(1) == wire::Outcome::Aborted));
  BOOST_TEST((outcome(3) == wire::Outcome::EngineLost));
  BOOST_TEST(sent.reported[ben].size() == 2u);
  answer(e0, {running[e0][1]}); // too late
  BOOST_TEST(round().batches == 0u);
}

// -- why ----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(calls_say_what_they_wait_for) {
  core.advance(direct_core::time_point{10s});
  submit(ben, casts(1, 1, {0}));
  submit(ann, casts(1, 3, {0}));
  round();
  core.advance(direct_core::time_point{12s});
  BOOST_TEST(to_string(why(1))
             == "is with engine-0, behind 1 other call, the first one for "
                "2000 ms");
  BOOST_TEST(to_string(why(3))
             == "waits for engine-0, behind 3 other calls, which has as many "
                "calls as it may have");
  BOOST_TEST((why(2).reason == reason::Busy));
  BOOST_TEST(why(2).detail == 2u);
  answer_one(e0);
  core.advance(direct_core::time_point{15s});
  BOOST_TEST(to_string(why(1))
             == "is with engine-0, as its first call for "
                "3000 ms");
  BOOST_TEST((why(1).reason == reason::Dispatched));
  BOOST_TEST((why(1).engine == e0));
  BOOST_TEST(why(1).more == 0u);
}

BOOST_AUTO_TEST_CASE(a_call_says_that_its_engine_is_away) {
  core.admit(announcement(engine_id{2}, {work}));
  submit(ann, casts(1, 2, {2}));
  round();
  BOOST_TEST((why(2).reason == reason::EnginesAway));
  BOOST_TEST(to_string(why(2))
             == "waits for engine-2, behind 1 other call, "
                "which has no connection");
}

BOOST_AUTO_TEST_CASE(a_result_that_waits_for_others_says_so) {
  submit(ann, casts(1, 1, {0, 1}, cast_flags::coalesce));
  round();
  answer_one(e1);
  BOOST_TEST((why(2).reason == reason::Dependencies));
  BOOST_TEST(to_string(why(2))
             == "has ended for engine-1, and is reported together "
                "with 1 other call, such as 1/d1");
  BOOST_TEST((why(1).reason == reason::Dispatched));
}

BOOST_AUTO_TEST_CASE(results_without_an_engine_say_whose_they_would_be) {
  submit(ann, casts(1, 2, {0}));
  submit(ann, casts(3, 1, {0, 1, 9}, cast_flags::coalesce));
  round();
  cancel(cancel_mode::dequeue, 3, 1); // waits behind two others
  BOOST_TEST(to_string(why(3))
             == "has ended for engine-0, and is reported together "
                "with 1 other call, such as 1/d4");
  BOOST_TEST((why(5).engine == engine_id{9})); // there never was one
}

BOOST_AUTO_TEST_CASE(the_oldest_of_all_clients_is_the_example) {
  submit(ann, casts(7, 1, {0, 1}, cast_flags::coalesce));
  submit(ben, casts(1, 1, {0, 1}, cast_flags::coalesce));
  round();
  answer_one(e1);
  answer_one(e1);
  for (auto& x : core.why({}).reports)
    BOOST_TEST((x.task == task_id{ann, 7 | direct_number}
                || x.task == task_id{ann, 8 | direct_number}));
  BOOST_TEST(core.why({}).reports.size() == 2u);
}

BOOST_AUTO_TEST_CASE(nothing_is_known_of_calls_that_ended_or_never_were) {
  submit(ann, casts(1, 1, {0, 1}));
  round();
  answer_one(e1);
  BOOST_TEST((why(2).reason == reason::Unknown));
  BOOST_TEST((why(3).reason == reason::Unknown));
  BOOST_TEST((why(1, ben).reason == reason::Unknown));
  BOOST_TEST((why(1, client_id{77}).reason == reason::Unknown));
}

BOOST_AUTO_TEST_CASE(all_calls_are_counted_by_reason) {
  submit(ben, casts(1, 1, {0}));
  submit(ann, casts(1, 5, {0}));
  submit(ann, casts(6, 1, {1, 1}, cast_flags::coalesce));
  round();
  answer_one(e1);
  auto reports = core.why({}).reports;
  BOOST_REQUIRE(reports.size() == 3u);
  std::map<reason, wait_report> all;
  for (auto& x : reports)
    all[x.reason] = x;
  BOOST_TEST(all[reason::Dispatched].count == 3u);
  BOOST_TEST(to_string(all[reason::Dispatched].task) == "2/d1");
  BOOST_TEST(all[reason::Busy].count == 4u);
  BOOST_TEST(to_string(all[reason::Busy].task) == "1/d2");
  BOOST_TEST(all[reason::Dependencies].count == 1u);
  BOOST_TEST(to_string(all[reason::Dependencies].task) == "1/d6");
}

BOOST_AUTO_TEST_CASE(names_of_calls_are_read_and_written) {
  auto id = task_id{client_id{3}, 17 | direct_number};
  BOOST_TEST(to_string(id) == "3/d17");
  BOOST_TEST((*parse_task_id("3/d17") == id));
  for (auto text : {"3/d", "3/d0", "3/dd1", "3d1", "3/d1d",
                    "3/9223372036854775809", "3/d9223372036854775809"})
    BOOST_TEST(!parse_task_id(text), text);
}

BOOST_AUTO_TEST_CASE(a_cancel_names_tasks_or_calls_but_not_both) {
  auto read = [](std::vector<task_range> ranges) {
    auto view = message_view::make(
      multipart{{}, {pack_cancel({1, cancel_mode::stop, std::move(ranges)})}});
    BOOST_REQUIRE(view);
    return bool{read_cancel(*view->get<wire::Cancel>())};
  };
  BOOST_TEST(read({{1, 1}, {5, 1}}));
  BOOST_TEST(read({{direct_number + 1, 1}, {direct_number + 5, 1}}));
  BOOST_TEST(!read({{1, 1}, {direct_number + 5, 1}}));
}

BOOST_AUTO_TEST_SUITE_END()
