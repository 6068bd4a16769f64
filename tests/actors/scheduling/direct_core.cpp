// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/direct_core.hpp"

#include "actors/scheduling/cast_lane.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

constexpr auto ann = client_id{1};
constexpr auto ben = client_id{2};
constexpr auto e0 = engine_id{0};
constexpr auto e1 = engine_id{1};
constexpr auto e2 = engine_id{2};

using ids = std::vector<std::uint32_t>;
using numbers = std::vector<task_number>;
using strings = std::vector<std::string>;

direct_scheduler_config small_config() {
  direct_scheduler_config cfg;
  cfg.client_tasks = 100;
  cfg.client_bytes = 1000;
  cfg.engine_calls = 4;
  cfg.engine_bytes = 500;
  return cfg;
}

numbers numbers_of(const std::vector<reported_task>& xs) {
  numbers result;
  for (auto& x : xs)
    result.push_back(x.number);
  return result;
}

strings arguments_of(const std::vector<dispatched_task>& xs) {
  strings result;
  for (auto& x : xs)
    result.push_back(x.arguments);
  return result;
}

struct fixture : cast_lane {
  fixture() : cast_lane(small_config()) {
    add(ann);
    for (auto id : {e0, e1, e2})
      add(id);
    flush();
  }

  /// Sends what came back, such as a dispatch.
  void bounce(const multipart& message, ec reason) {
    core.take_back(reason, message);
  }
};

/// An array of bytes 0, 1, 2, ... to scatter, with a text behind it.
cast_spec scatter_spec(std::size_t size, ids engines, std::uint8_t flags = 0) {
  std::string items(size, '\0');
  for (std::size_t i = 0; i < size; ++i)
    items[i] = static_cast<char>('a' + i);
  return {.number = 1,
          .engines = std::move(engines),
          .arguments = std::string(8, '\0') + "rest",
          .frames = {buffer::adopt(std::move(items))},
          .item_size = 2,
          .flags = flags};
}

std::uint64_t length_in(const dispatched_task& x) {
  std::uint64_t result = 0;
  std::memcpy(&result, x.arguments.data(), sizeof(result));
  return result;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(direct_core_suite, fixture)

// -- the usual way ------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_client_gets_credit_when_it_joins) {
  add(ben);
  BOOST_TEST(flush().credits[ben] == 1u);
}

BOOST_AUTO_TEST_CASE(a_call_goes_to_its_engine_and_back) {
  submit(ann, casts(7, 1, {1}));
  auto sent = flush();
  BOOST_TEST(sent.dispatched.size() == 1u);
  BOOST_TEST((arguments_of(sent.dispatched[e1]) == strings{"7"}));
  answer(e1, sent.dispatched[e1]);
  auto xs = flush().reported[ann];
  BOOST_REQUIRE(xs.size() == 1u);
  BOOST_TEST(xs[0].number == 7u);
  BOOST_TEST((xs[0].outcome == wire::Outcome::Ok));
  BOOST_TEST((xs[0].engine == e1)); // whatever the engine says
}

BOOST_AUTO_TEST_CASE(all_engines_share_one_envelope_and_one_payload) {
  auto frame = buffer::copy_of("a large array");
  submit(ann, {{.number = 1, .engines = {0, 1, 2}, .frames = {frame}},
               {.number = 4, .engines = {0, 1, 2}}});
  auto sent = flush();
  BOOST_REQUIRE(sent.batches == 3u);
  for (auto id : {e0, e1, e2}) {
    BOOST_REQUIRE(sent.dispatched[id].size() == 2u);
    BOOST_TEST(sent.dispatched[id][0].frames.at(0).data() == frame.data());
  }
  BOOST_TEST(sent.messages[0].frames[0].data()
             == sent.messages[1].frames[0].data());
  BOOST_TEST(sent.messages[0].frames[0].data()
             == sent.messages[2].frames[0].data());
}

BOOST_AUTO_TEST_CASE(each_engine_has_a_result_of_its_own) {
  submit(ann, casts(1, 2, {2, 0}));
  auto sent = flush();
  answer(e0, sent.dispatched[e0]);
  BOOST_TEST((numbers_of(flush().reported[ann]) == numbers{2, 4}));
  answer(e2, sent.dispatched[e2], wire::Outcome::Error);
  auto xs = flush().reported[ann];
  BOOST_TEST((numbers_of(xs) == numbers{1, 3}));
  BOOST_TEST((xs[0].outcome == wire::Outcome::Error));
  BOOST_TEST(xs[0].why.message == "message");
}

BOOST_AUTO_TEST_CASE(an_engine_runs_its_calls_in_order) {
  add(ben);
  submit(ann, casts(1, 2, {0}));
  submit(ben, casts(11, 1, {0}));
  submit(ann, casts(3, 1, {0, 1}));
  auto sent = flush();
  BOOST_TEST(
    (arguments_of(sent.dispatched[e0]) == strings{"1", "2", "11", "3"}));
}

BOOST_AUTO_TEST_CASE(results_in_another_order_find_their_calls) {
  submit(ann, casts(1, 3, {0}));
  auto xs = flush().dispatched[e0];
  answer(e0, {xs[2], xs[0], xs[1]});
  BOOST_TEST((numbers_of(flush().reported[ann]) == numbers{3, 1, 2}));
}

BOOST_AUTO_TEST_CASE(a_rejection_is_an_error_since_no_other_engine_will_do) {
  submit(ann, casts(1, 1, {0}));
  auto key = flush().dispatched[e0].front().key;
  std::vector<std::byte> bytes;
  pack_rejection({std::chrono::milliseconds{5}, {"rejected", "not now"}},
                 bytes);
  result_batch_builder builder{batch_kind::results};
  builder.add({key, 1, 1, 0, 0, 0, 0, 0,
               static_cast<std::uint8_t>(wire::Outcome::Rejected), 1, 0, 0},
              bytes, {});
  core.receive(builder.finish(peer_of(e0)));
  auto xs = flush().reported[ann];
  BOOST_REQUIRE(xs.size() == 1u);
  BOOST_TEST((xs[0].outcome == wire::Outcome::Error));
  BOOST_TEST(xs[0].why.message == "not now");
}

// -- coalesced results --------------------------------------------------------

BOOST_AUTO_TEST_CASE(coalesced_results_come_together_and_keep_errors) {
  submit(ann, casts(1, 1, {0, 1, 2}, cast_flags::coalesce));
  auto sent = flush();
  answer(e2, sent.dispatched[e2]);
  answer(e1, sent.dispatched[e1], wire::Outcome::Error);
  BOOST_TEST(flush().reported.empty());
  BOOST_TEST(core.status().reported == 0u);
  answer(e0, sent.dispatched[e0]);
  sent = flush();
  BOOST_TEST(sent.batches == 1u);
  auto xs = sent.reported[ann];
  BOOST_TEST((numbers_of(xs) == numbers{1, 2, 3}));
  BOOST_TEST((xs[0].outcome == wire::Outcome::Ok));
  BOOST_TEST((xs[1].outcome == wire::Outcome::Error));
  BOOST_TEST(xs[1].why.message == "message");
  BOOST_TEST((xs[1].engine == e1));
  BOOST_TEST((xs[2].outcome == wire::Outcome::Ok));
  BOOST_TEST(core.status().reported == 3u);
}

BOOST_AUTO_TEST_CASE(a_lost_engine_keeps_its_place_in_coalesced_results) {
  submit(ann, casts(1, 1, {0, 1}, cast_flags::coalesce));
  auto sent = flush();
  answer(e1, sent.dispatched[e1]);
  flush();
  core.lose(e0);
  auto xs = flush().reported[ann];
  BOOST_TEST((numbers_of(xs) == numbers{1, 2}));
  BOOST_TEST((xs[0].outcome == wire::Outcome::EngineLost));
  BOOST_TEST((xs[0].engine == e0));
  BOOST_TEST((xs[1].outcome == wire::Outcome::Ok));
}

BOOST_AUTO_TEST_CASE(coalesced_results_keep_their_frames) {
  submit(ann, casts(1, 1, {0, 1}, cast_flags::coalesce));
  auto key = flush().dispatched[e0].front().key;
  auto frame = buffer::copy_of("a large result");
  for (auto id : {e0, e1}) {
    result_batch_builder builder{batch_kind::results};
    builder.add({key, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0},
                std::as_bytes(std::span{"abc", 3}), {&frame, 1});
    core.receive(builder.finish(peer_of(id)));
  }
  auto xs = flush().reported[ann];
  BOOST_REQUIRE(xs.size() == 2u);
  BOOST_TEST(xs[0].frames.at(0).data() == frame.data());
  BOOST_TEST(xs[1].bytes == "abc");
}

// -- scatter ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_array_is_divided_by_reference) {
  auto spec = scatter_spec(10, {0, 1, 2});
  submit(ann, {spec});
  auto sent = flush();
  auto& x = sent.dispatched[e1].at(0);
  BOOST_TEST(x.frames.at(0).text() == "efgh");
  BOOST_TEST(x.frames.at(0).data() == spec.frames[0].data() + 4);
  BOOST_TEST(length_in(x) == 9u); // a frame of four bytes
  BOOST_TEST(x.arguments.substr(8) == "rest");
  BOOST_TEST(sent.dispatched[e2].at(0).frames.at(0).text() == "ij");
}

BOOST_AUTO_TEST_CASE(an_array_is_dealt_item_by_item) {
  submit(ann, {scatter_spec(10, {0, 1, 2}, cast_flags::round_robin)});
  auto sent = flush();
  BOOST_TEST(sent.dispatched[e0].at(0).frames.at(0).text() == "abgh");
  BOOST_TEST(sent.dispatched[e2].at(0).frames.at(0).text() == "ef");
}

BOOST_AUTO_TEST_CASE(engines_may_get_nothing) {
  submit(ann, {scatter_spec(2, {0, 1})});
  auto sent = flush();
  auto& x = sent.dispatched[e1].at(0);
  BOOST_TEST(x.frames.empty());
  BOOST_TEST(length_in(x) == 0u);
  answer(e0, sent.dispatched[e0]);
  answer(e1, sent.dispatched[e1]);
  BOOST_TEST(flush().reported[ann].size() == 2u);
}

BOOST_AUTO_TEST_CASE(refuses_to_divide_what_is_no_array) {
  auto broken = scatter_spec(3, {0});
  submit(ann, {broken});
  auto short_one = scatter_spec(4, {0});
  short_one.arguments = "short";
  submit(ann, {short_one});
  auto empty = scatter_spec(4, {0});
  empty.frames.clear();
  submit(ann, {empty});
  auto sent = flush();
  BOOST_TEST(sent.refusals.size() == 3u);
  BOOST_TEST(sent.dispatched.empty());
}

// -- engines that are not there -----------------------------------------------

BOOST_AUTO_TEST_CASE(calls_of_a_lost_engine_end_at_once) {
  submit(ann, casts(1, 6, {0})); // four are sent, two wait
  flush();
  core.lose(e0);
  auto xs = flush().reported[ann];
  BOOST_TEST((numbers_of(xs) == numbers{1, 2, 3, 4, 5, 6}));
  for (auto& x : xs) {
    BOOST_TEST((x.outcome == wire::Outcome::EngineLost));
    BOOST_TEST(x.why.type == "engine_gone");
    BOOST_TEST((x.engine == e0));
  }
}

BOOST_AUTO_TEST_CASE(calls_of_an_engine_that_is_gone_end_at_once) {
  core.lose(e1);
  submit(ann, casts(1, 1, {0, 1}));
  auto sent = flush();
  BOOST_TEST(sent.dispatched.size() == 1u);
  auto xs = sent.reported[ann];
  BOOST_TEST((numbers_of(xs) == numbers{2}));
  BOOST_TEST((xs[0].outcome == wire::Outcome::EngineLost));
  BOOST_TEST((xs[0].engine == e1));
}

BOOST_AUTO_TEST_CASE(calls_of_an_engine_that_never_was_end_at_once) {
  submit(ann, casts(1, 1, {77}));
  auto xs = flush().reported[ann];
  BOOST_REQUIRE(xs.size() == 1u);
  BOOST_TEST((xs[0].outcome == wire::Outcome::Impossible));
  BOOST_TEST(xs[0].why.type == "unknown_engine");
}

BOOST_AUTO_TEST_CASE(calls_wait_for_an_engine_that_is_about_to_join) {
  core.admit(announcement(engine_id{3}, {work}));
  submit(ann, casts(1, 1, {3}));
  BOOST_TEST(flush().messages.empty());
  BOOST_TEST(core.status().queued == 1u);
  core.receive(join_message(peer_of(engine_id{3}), token_of(engine_id{3})));
  BOOST_TEST(flush().dispatched[engine_id{3}].size() == 1u);
}

BOOST_AUTO_TEST_CASE(an_engine_that_cannot_be_reached_is_given_up) {
  submit(ann, casts(1, 1, {0, 1}));
  auto sent = flush();
  bounce(sent.messages.at(0), ec::peer_gone);
  auto next = flush();
  BOOST_REQUIRE(next.gone_engines.size() == 1u);
  BOOST_TEST(next.reported[ann].size() == 1u);
  bounce(sent.messages.at(0), ec::peer_gone);
  next = flush();
  BOOST_TEST(next.gone_engines.empty());
  BOOST_TEST(next.reported.empty());
}

BOOST_AUTO_TEST_CASE(a_late_or_doubled_result_is_dropped) {
  submit(ann, casts(1, 2, {0}));
  auto xs = flush().dispatched[e0];
  answer(e0, {xs[0]});
  answer(e0, {xs[0]});
  answer(e1, {xs[1]}); // of another engine
  BOOST_TEST(flush().reported[ann].size() == 1u);
  BOOST_TEST(core.status().dropped == 2u);
  core.lose(e0);
  flush();
  answer(e0, {xs[1]});
  BOOST_TEST(flush().reported.empty());
}

// -- bounds -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(an_engine_gets_no_more_than_its_window) {
  submit(ann, casts(1, 6, {0}));
  auto xs = flush().dispatched[e0];
  BOOST_TEST(xs.size() == 4u);
  BOOST_TEST(core.status().queued == 2u);
  BOOST_TEST(core.status().engines.front().load == 4u);
  answer(e0, {xs[0]});
  BOOST_TEST((arguments_of(flush().dispatched[e0]) == strings{"5"}));
}

BOOST_AUTO_TEST_CASE(an_engine_gets_no_more_bytes_than_allowed) {
  auto large = buffer::adopt(std::string(300, 'x'));
  submit(ann, {{.number = 1, .engines = {0}, .frames = {large}},
               {.number = 2, .engines = {0}, .frames = {large}}});
  auto xs = flush().dispatched[e0];
  BOOST_TEST(xs.size() == 1u);
  answer(e0, xs);
  BOOST_TEST(flush().dispatched[e0].size() == 1u);
}

BOOST_AUTO_TEST_CASE(one_large_call_may_exceed_all_bounds) {
  auto huge = buffer::adopt(std::string(5000, 'x'));
  submit(ann, {{.number = 1, .engines = {0, 1}, .frames = {huge}}});
  auto sent = flush();
  BOOST_TEST(sent.dispatched.size() == 2u);
  submit(ann, casts(3, 1, {0}));
  BOOST_TEST(flush().refusals.size() == 1u);
  answer(e0, sent.dispatched[e0]);
  flush();
  submit(ann, casts(3, 1, {0})); // its bytes are in use until the last answer
  BOOST_TEST(flush().refusals.size() == 1u);
  answer(e1, sent.dispatched[e1]);
  flush();
  submit(ann, casts(3, 1, {0}));
  BOOST_TEST(flush().dispatched[e0].size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_client_beyond_its_credit_is_refused) {
  submit(ann, casts(1, 34, {0, 1, 2}));
  auto sent = flush();
  BOOST_REQUIRE(sent.refusals.size() == 1u);
  BOOST_TEST((sent.refusals[0].second == wire::RefusalCode::Limit));
  BOOST_TEST(core.status().accepted == 0u);
  submit(ann, casts(1, 33, {0, 1, 2}));
  BOOST_TEST(flush().refusals.empty());
  BOOST_TEST(core.status().accepted == 99u);
}

BOOST_AUTO_TEST_CASE(numbers_must_ascend) {
  submit(ann, casts(5, 1, {0, 1}));
  submit(ann, casts(6, 1, {0})); // is the second result of the first
  auto sent = flush();
  BOOST_REQUIRE(sent.refusals.size() == 1u);
  BOOST_TEST((sent.refusals[0].second == wire::RefusalCode::Malformed));
}

BOOST_AUTO_TEST_CASE(numbers_leave_the_highest_bit_free) {
  submit(ann, casts(direct_number, 1, {0}));
  submit(ann, casts(direct_number - 1, 1, {0, 1})); // its second result
  submit(ann, casts(UINT64_MAX, 1, {0, 1}));
  auto sent = flush();
  BOOST_REQUIRE(sent.refusals.size() == 3u);
  for (auto& x : sent.refusals)
    BOOST_TEST((x.second == wire::RefusalCode::Malformed));
  submit(ann, casts(direct_number - 1, 1, {0}));
  BOOST_TEST(flush().refusals.empty());
}

BOOST_AUTO_TEST_CASE(slow_engines_hold_up_nobody_else) {
  for (task_number i = 0; i < 10; ++i)
    submit(ann, casts(1 + 2 * i, 1, {0, 1}));
  auto sent = flush();
  std::size_t answered = 0;
  while (!sent.dispatched[e1].empty()) {
    answered += sent.dispatched[e1].size();
    answer(e1, sent.dispatched[e1]);
    sent = flush();
  }
  BOOST_TEST(answered == 10u);
}

BOOST_AUTO_TEST_CASE(what_had_no_room_is_sent_again_before_all_else) {
  submit(ann, casts(1, 1, {0}));
  auto sent = flush();
  bounce(sent.messages.at(0), ec::peer_full);
  BOOST_TEST(core.needs_tick());
  submit(ann, casts(2, 1, {0}));
  BOOST_TEST(flush().messages.empty());
  core.tick();
  BOOST_TEST((arguments_of(flush().dispatched[e0]) == strings{"1", "2"}));
  BOOST_TEST(!core.needs_tick());
}

// -- clients ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(calls_of_a_lost_client_are_dropped) {
  submit(ann, casts(1, 6, {0}));
  auto xs = flush().dispatched[e0];
  core.lose(ann);
  flush();
  BOOST_TEST(core.status().queued == 0u);
  answer(e0, xs);
  BOOST_TEST(flush().messages.empty());
  BOOST_TEST(core.status().engines.front().done == 4u);
}

BOOST_AUTO_TEST_CASE(results_wait_for_a_client_that_is_away) {
  submit(ann, casts(1, 1, {0}));
  answer(e0, flush().dispatched[e0]);
  auto results = flush().messages.at(0);
  bounce(results, ec::peer_gone);
  BOOST_TEST(flush().gone_clients.size() == 1u);
  core.receive(join_message(peer_of(ann), token_of(ann)));
  BOOST_TEST(flush().reported[ann].size() == 1u);
}

BOOST_AUTO_TEST_CASE(strangers_are_turned_away) {
  submit(ben, casts(1, 1, {0}));
  core.receive(join_message(peer_of(ben), 4711));
  core.receive(submit_message(ann, tasks(1, 1)));
  core.receive(multipart{peer_of(ann), {buffer::copy_of("nonsense")}});
  auto sent = flush();
  BOOST_REQUIRE(sent.refusals.size() == 3u);
  BOOST_TEST((sent.refusals[0].second == wire::RefusalCode::UnknownPeer));
  BOOST_TEST((sent.refusals[1].second == wire::RefusalCode::UnknownPeer));
  BOOST_TEST((sent.refusals[2].second == wire::RefusalCode::Malformed));
  BOOST_TEST(core.status().dropped == 4u);
}

BOOST_AUTO_TEST_SUITE_END()
