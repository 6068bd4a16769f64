// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/cast_root.hpp"

#include "actors/scheduling/tree_lane.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace troupe;
using namespace troupe::test;

// The rules of the tree: a root and four leaves, all of them the real ones.

namespace {

constexpr auto ann = client_id{1};
constexpr auto ben = client_id{2};

using ids = std::vector<std::uint32_t>;
using numbers = std::vector<task_number>;

direct_scheduler_config small_config() {
  direct_scheduler_config cfg;
  cfg.client_tasks = 100;
  cfg.client_bytes = 1000;
  return cfg;
}

numbers numbers_of(const std::vector<reported_task>& xs) {
  numbers result;
  for (auto& x : xs)
    result.push_back(x.number);
  std::ranges::sort(result);
  return result;
}

struct fixture : tree_lane {
  fixture() : tree_lane(small_config()) {
    add(ann);
    for (std::uint32_t i = 0; i < 9; ++i)
      add(engine_id{i});
    BOOST_TEST(flush().credits[ann] == 1u);
  }

  void answer_all(lane_output& sent, engine_id but = no_engine) {
    for (auto& [id, xs] : sent.dispatched)
      if (id != but)
        answer(id, xs);
  }

  static ids all() {
    return {0, 1, 2, 3, 4, 5, 6, 7, 8};
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(cast_root_suite, fixture)

BOOST_AUTO_TEST_CASE(depths_have_bounds) {
  BOOST_TEST(leaves_at(0) == 0u);
  BOOST_TEST(leaves_at(2) == 4u);
  BOOST_TEST(!check_broadcast_depth(0));
  BOOST_TEST(!check_broadcast_depth(max_broadcast_depth));
  BOOST_REQUIRE(check_broadcast_depth(max_broadcast_depth + 1));
  BOOST_TEST(check_broadcast_depth(6)->find("6 is out of range")
             != std::string::npos);
  BOOST_TEST(check_broadcast_depth(-1).has_value());
}

// -- down ---------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(only_leaves_with_engines_of_a_call_hear_of_it) {
  submit(ann, casts(1, 1, {1, 5}));
  auto sent = flush();
  for (std::size_t leaf = 0; leaf < 4; ++leaf)
    BOOST_TEST(core.orders[leaf].casts.size() == (leaf == 1 ? 1u : 0u));
  BOOST_TEST(sent.dispatched.size() == 2u);
  BOOST_TEST(sent.dispatched[engine_id{5}].size() == 1u);
}

BOOST_AUTO_TEST_CASE(all_leaves_share_one_payload) {
  auto frame = buffer::copy_of("a large array");
  submit(ann, {{.number = 1, .engines = all(), .frames = {frame}}});
  auto sent = flush();
  BOOST_REQUIRE(sent.dispatched.size() == 9u);
  for (auto& [id, xs] : sent.dispatched)
    BOOST_TEST(xs.at(0).frames.at(0).data() == frame.data());
}

BOOST_AUTO_TEST_CASE(an_engine_runs_its_calls_in_order) {
  add(ben);
  submit(ann, casts(1, 2, {3}));
  submit(ben, casts(11, 1, {3, 4}));
  submit(ann, casts(3, 1, {2, 3}));
  auto sent = flush();
  std::vector<std::string> order;
  for (auto& x : sent.dispatched[engine_id{3}])
    order.push_back(x.arguments);
  BOOST_TEST((order == std::vector<std::string>{"1", "2", "11", "3"}));
}

BOOST_AUTO_TEST_CASE(a_scattered_array_crosses_leaves) {
  std::string items = "abcdefghijkl";
  submit(ann, {{.number = 1,
                .engines = {0, 1, 2},
                .arguments = std::string(8, '\0'),
                .frames = {buffer::adopt(std::move(items))},
                .item_size = 2}});
  auto sent = flush();
  std::string parts;
  for (auto id : {engine_id{0}, engine_id{1}, engine_id{2}}) {
    auto& part = sent.dispatched[id].at(0).frames.at(0);
    parts.append(reinterpret_cast<const char*>(part.data()), part.size());
    parts += ' ';
  }
  BOOST_TEST(parts == "abcd efgh ijkl ");
}

// -- up -----------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(each_engine_has_a_status) {
  submit(ann, casts(1, 1, all()));
  auto sent = flush();
  answer_all(sent, engine_id{7});
  BOOST_TEST(
    (numbers_of(flush().reported[ann]) == numbers{1, 2, 3, 4, 5, 6, 7, 9}));
  core.lose(engine_id{7});
  auto xs = flush().reported[ann];
  BOOST_TEST((numbers_of(xs) == numbers{8}));
  BOOST_TEST((xs[0].outcome == wire::Outcome::EngineLost));
  BOOST_TEST((xs[0].engine == engine_id{7}));
  BOOST_TEST(core.status().accepted == 9u);
  BOOST_TEST(core.status().reported == 9u);
}

BOOST_AUTO_TEST_CASE(coalesced_results_come_together) {
  submit(ann, casts(1, 1, all(), cast_flags::coalesce));
  auto sent = flush();
  auto late = sent.dispatched[engine_id{4}];
  answer_all(sent, engine_id{4});
  BOOST_TEST(flush().reported[ann].empty());
  answer(engine_id{4}, late, wire::Outcome::Error);
  auto xs = flush().reported[ann];
  BOOST_TEST((numbers_of(xs) == numbers{1, 2, 3, 4, 5, 6, 7, 8, 9}));
  for (auto& x : xs)
    BOOST_TEST((x.outcome
                == (x.engine == engine_id{4} ? wire::Outcome::Error
                                             : wire::Outcome::Ok)));
}

BOOST_AUTO_TEST_CASE(a_leaf_gathers_coalesced_results_in_one_message) {
  submit(ann, casts(1, 1, all(), cast_flags::coalesce));
  auto sent = flush();
  answer_all(sent);
  flush();
  for (auto& report : core.reports) {
    BOOST_REQUIRE(report.results.size() == 1u);
    BOOST_TEST(report.results[0].call == 1u);
    BOOST_TEST(report.results[0].messages.size() == 1u);
    BOOST_TEST(report.ends.size() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(engines_that_are_not_there_are_reported_once) {
  core.lose(engine_id{2});
  submit(ann, casts(1, 1, {2, 3, 99}));
  auto sent = flush();
  auto xs = sent.reported[ann];
  BOOST_REQUIRE((numbers_of(xs) == numbers{1, 3}));
  for (auto& x : xs)
    BOOST_TEST((x.outcome
                == (x.number == 1 ? wire::Outcome::EngineLost
                                  : wire::Outcome::Impossible)));
  answer_all(sent);
  BOOST_TEST((numbers_of(flush().reported[ann]) == numbers{2}));
}

// -- cancelling and waiting ---------------------------------------------------

BOOST_AUTO_TEST_CASE(a_cancel_reaches_all_leaves) {
  add(ben);
  submit(ann, casts(1, 1, all()));
  submit(ben, casts(1, 1, all()));
  auto sent = flush();
  auto counts = core.cancel(ann,
                            {1, cancel_mode::stop, {{direct_number | 1, 9}}});
  BOOST_TEST(counts.asked == 9u);
  BOOST_TEST(counts.dequeued == 0u);
  auto told = flush().revoked;
  BOOST_REQUIRE(told.size() == 9u);
  for (auto& [id, what] : told)
    BOOST_TEST(
      (what.keys == std::vector{direct_key(sent.dispatched[id].at(0).key)}));
}

BOOST_AUTO_TEST_CASE(an_early_cancel_counts_once_and_holds_on_all_leaves) {
  submit(ann, casts(1, 1, {0, 1}));
  flush();
  auto counts = core.cancel(ann,
                            {1, cancel_mode::stop, {{direct_number | 2, 5}}});
  BOOST_TEST(counts.asked == 1u);
  BOOST_TEST(counts.dequeued == 4u); // 3 to 6
  submit(ann, casts(3, 1, all()));
  auto sent = flush();
  auto xs = sent.reported[ann];
  BOOST_TEST((numbers_of(xs) == numbers{3, 4, 5, 6}));
  for (auto& x : xs)
    BOOST_TEST((x.outcome == wire::Outcome::Aborted));
  BOOST_TEST(sent.dispatched.size() == 5u);
  BOOST_TEST(!sent.dispatched.contains(engine_id{3}));
}

BOOST_AUTO_TEST_CASE(results_say_that_they_wait_for_other_leaves) {
  submit(ann, casts(1, 1, all(), cast_flags::coalesce));
  auto sent = flush();
  for (auto id : {engine_id{1}, engine_id{5}, engine_id{0}})
    answer(id, sent.dispatched[id]);
  flush();
  auto why = [](const auto& x, task_number number) {
    return x.why({ann, direct_number | number}).reports.at(0);
  };
  auto gathered = why(core.root, 6);
  BOOST_TEST((gathered.reason == wire::WaitReason::Dependencies));
  BOOST_TEST((gathered.engine == engine_id{5}));
  BOOST_TEST(gathered.detail == (direct_number | 1));
  BOOST_TEST(gathered.more == 7u);
  BOOST_TEST(core.root.why({}).reports.at(0).count == 2u);
  BOOST_TEST((why(core.root, 1).reason == wire::WaitReason::Unknown));
  auto kept = why(*core.leaves[0], 1);
  BOOST_TEST((kept.reason == wire::WaitReason::Dependencies));
  BOOST_TEST(kept.detail == (direct_number | 5));
  BOOST_TEST(kept.more == 2u);
  BOOST_TEST((why(*core.leaves[0], 3).reason == wire::WaitReason::Unknown));
  BOOST_TEST((why(*core.leaves[2], 3).reason == wire::WaitReason::Dispatched));
  BOOST_TEST(core.leaves[2]->why({}).reports.at(0).count == 2u);
}

// -- clients ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(bytes_count_until_the_last_leaf_is_done) {
  std::string large(600, 'x');
  submit(ann, {{.number = 1, .engines = {0, 1}, .arguments = large}});
  auto sent = flush();
  answer(engine_id{0}, sent.dispatched[engine_id{0}]);
  flush();
  submit(ann, {{.number = 3, .engines = {0}, .arguments = large}});
  BOOST_TEST((flush().refusals.at(0).second == wire::RefusalCode::Limit));
  answer(engine_id{1}, sent.dispatched[engine_id{1}]);
  flush();
  submit(ann, {{.number = 3, .engines = {0}, .arguments = large}});
  BOOST_TEST(flush().dispatched[engine_id{0}].size() == 1u);
}

BOOST_AUTO_TEST_CASE(results_that_wait_for_others_count_as_outstanding) {
  submit(ann, casts(1, 11, all(), cast_flags::coalesce)); // 99 of 100
  auto sent = flush();
  answer_all(sent, engine_id{0});
  flush();
  submit(ann, casts(100, 1, {1, 2}));
  BOOST_TEST((flush().refusals.at(0).second == wire::RefusalCode::Limit));
  answer(engine_id{0}, sent.dispatched[engine_id{0}]);
  BOOST_TEST(flush().reported[ann].size() == 99u);
  submit(ann, casts(100, 1, {1, 2}));
  BOOST_TEST(flush().refusals.empty());
}

BOOST_AUTO_TEST_CASE(nonsense_and_strangers_are_refused) {
  submit(ann, casts(2, 1, {1}));
  submit(ann, casts(2, 1, {1}));
  submit(ben, casts(1, 1, {1}));
  core.root.receive(join_message(peer_of(ben), 4711));
  core.root.receive(
    join_message(peer_of(engine_id{1}), token_of(engine_id{1})));
  core.root.receive(results_message(engine_id{1}, {1}));
  auto sent = flush();
  BOOST_REQUIRE(sent.refusals.size() == 5u);
  BOOST_TEST((sent.refusals[0].second == wire::RefusalCode::Malformed));
  for (std::size_t i = 1; i < 5; ++i)
    BOOST_TEST((sent.refusals[i].second == wire::RefusalCode::UnknownPeer));
  BOOST_TEST(sent.dispatched[engine_id{1}].size() == 1u);
  BOOST_TEST(core.status().dropped == 5u);
}

BOOST_AUTO_TEST_CASE(a_leaf_knows_its_engines_and_no_clients) {
  core.leaves[0]->receive(join_message(peer_of(engine_id{1}), 1001));
  core.leaves[0]->receive(join_message(peer_of(ann), token_of(ann)));
  auto sent = sort_out(core.leaves[0]->flush());
  BOOST_TEST(sent.refusals.size() == 2u);
  BOOST_TEST(sent.credits.empty());
}

BOOST_AUTO_TEST_CASE(a_lost_client_leaves_nothing_behind) {
  submit(ann, casts(1, 3, all(), cast_flags::coalesce));
  auto sent = flush();
  core.lose(ann);
  answer_all(sent);
  auto out = flush();
  BOOST_TEST(out.messages.empty());
  for (auto& report : core.reports)
    BOOST_TEST(report.empty());
}

BOOST_AUTO_TEST_CASE(reports_for_a_lost_client_are_discarded) {
  submit(ann, casts(1, 1, {0, 1}));
  auto sent = flush();
  core.root.lose(ann); // the leaves do not know yet
  answer_all(sent);
  BOOST_TEST(flush().messages.empty());
}

BOOST_AUTO_TEST_CASE(results_wait_for_a_client_that_is_away) {
  submit(ann, casts(1, 1, all()));
  auto sent = flush();
  core.take_back(ec::peer_gone, multipart{peer_of(ann), {pack_credit(1, 1)}});
  BOOST_TEST((flush().gone_clients == std::vector{ann}));
  answer_all(sent);
  BOOST_TEST(flush().messages.empty());
  core.receive(join_message(peer_of(ann), token_of(ann)));
  BOOST_TEST(flush().reported[ann].size() == 9u);
}

BOOST_AUTO_TEST_CASE(results_without_room_are_sent_again) {
  submit(ann, casts(1, 1, {0}));
  auto sent = flush();
  answer_all(sent);
  auto results = flush().messages.at(0);
  core.take_back(ec::peer_full, results);
  BOOST_TEST(core.root.needs_tick());
  BOOST_TEST(flush().messages.empty());
  core.tick();
  BOOST_TEST(flush().reported[ann].size() == 1u);
  BOOST_TEST(!core.root.needs_tick());
}

BOOST_AUTO_TEST_SUITE_END()
