// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/cast_session.hpp"

#include "play_scheduler.hpp"
#include "troupe/protocol/cast_batch.hpp"

using namespace troupe;
using namespace troupe::test;

namespace {

using numbers = std::vector<task_number>;
using status = task_outcome::status;

std::shared_ptr<const cast_plan> plan_of(std::vector<std::uint32_t> engines) {
  auto result = std::make_shared<cast_plan>();
  result->engines = std::move(engines);
  return result;
}

struct fixture {
  fixture() {
    session.credit(100, 10000);
  }

  /// Submits `count` calls of engines 3, 4 and 5.
  task_group_ptr submit(std::size_t count) {
    return submit(numbered_calls(count), plan_of({3, 4, 5}));
  }

  task_group_ptr submit(encoded_calls calls,
                        std::shared_ptr<const cast_plan> where) {
    auto group = make_group(calls.calls.size() * where->fan());
    calls.cast = std::move(where);
    session.submit({group, std::move(calls)});
    return group;
  }

  /// Numbers of the first results of all calls in messages.
  static numbers calls_in(const std::vector<multipart>& messages) {
    numbers result;
    for (auto& message : messages) {
      auto view = view_of(message);
      auto batch = read_casts(view);
      BOOST_REQUIRE(batch);
      for (auto& x : batch->entries)
        result.push_back(x.id());
    }
    return result;
  }

  numbers take() {
    return calls_in(session.take_casts(100));
  }

  void answer(const numbers& xs) {
    BOOST_TEST(!session.results(view_of(results_of(xs))));
  }

  cast_session session;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(cast_session_suite, fixture)

BOOST_AUTO_TEST_CASE(a_call_takes_a_number_per_engine) {
  auto group = submit(2);
  auto messages = session.take_casts(100);
  BOOST_TEST((calls_in(messages) == numbers{1, 4}));
  auto view = view_of(messages.at(0));
  auto batch = read_casts(view);
  BOOST_TEST((batch->engine(batch->entries[1], 2) == engine_id{5}));
  BOOST_TEST(batch->entries[1].signature() == 7u);
  BOOST_TEST(session.in_flight() == 6u);
  answer({5, 1});
  BOOST_TEST(group->done() == 2u);
  BOOST_TEST(number_in(group->at(4)) == 5u);
  BOOST_TEST(group->ready(0));
  answer({2, 3, 4, 6});
  BOOST_TEST(group->done() == 6u);
  BOOST_TEST(session.groups() == 0u);
  BOOST_TEST(session.in_flight() == 0u);
}

BOOST_AUTO_TEST_CASE(calls_of_many_groups_share_a_message) {
  std::vector<task_group_ptr> groups;
  for (auto i = 0; i < 5; ++i)
    groups.push_back(submit(1));
  BOOST_TEST(session.take_casts(100).size() == 1u);
  answer({13, 1, 14, 15});
  BOOST_TEST(groups[4]->done() == 3u);
  BOOST_TEST(groups[0]->done() == 1u);
  BOOST_TEST(session.groups() == 4u);
}

BOOST_AUTO_TEST_CASE(calls_may_have_engines_of_their_own) {
  auto where = std::make_shared<cast_plan>();
  where->engines = {3, 4};
  where->places = {0, 0, 1};
  auto group = submit(numbered_calls(3), where);
  auto messages = session.take_casts(100);
  BOOST_TEST((calls_in(messages) == numbers{1, 2, 3}));
  auto view = view_of(messages.at(0));
  auto batch = read_casts(view);
  BOOST_TEST((batch->engine(batch->entries[1], 0) == engine_id{3}));
  BOOST_TEST((batch->engine(batch->entries[2], 0) == engine_id{4}));
}

BOOST_AUTO_TEST_CASE(calls_wait_for_credit) {
  session.credit(7, 10000);
  submit(3);
  BOOST_TEST((take() == numbers{1, 4}));
  answer({1, 2});
  BOOST_TEST((take() == numbers{7}));
}

BOOST_AUTO_TEST_CASE(bytes_are_free_when_the_last_engine_answered) {
  session.credit(100, 5000);
  submit(large_calls(2, 3000), plan_of({0, 1}));
  BOOST_TEST((take() == numbers{1}));
  answer({1});
  BOOST_TEST(session.bytes_in_flight() > 3000u);
  BOOST_TEST(take().empty());
  answer({2});
  BOOST_TEST((take() == numbers{3}));
}

BOOST_AUTO_TEST_CASE(one_call_may_exceed_the_credit) {
  session.credit(2, 10);
  submit(large_calls(2, 3000), plan_of({0, 1, 2}));
  BOOST_TEST((take() == numbers{1}));
  answer({1, 2, 3});
  BOOST_TEST((take() == numbers{4}));
}

BOOST_AUTO_TEST_CASE(nothing_is_sent_without_credit) {
  session.credit(0, 0);
  submit(1);
  BOOST_TEST(take().empty());
}

BOOST_AUTO_TEST_CASE(sends_a_few_messages_at_a_time) {
  session.credit(100000, 10000000);
  submit(2000);
  BOOST_TEST(session.take_casts(2).size() == 2u);
  BOOST_TEST(session.take_casts(100).size() == 2u);
  BOOST_TEST(session.in_flight() == 6000u);
}

// -- cancelling ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(calls_that_were_not_sent_end_at_once) {
  session.credit(6, 10000);
  auto group = submit(4);
  BOOST_TEST((take() == numbers{1, 4}));
  auto [dequeued, rest] = session.cancel(*group, 0, 12);
  BOOST_TEST(dequeued == 6u);
  BOOST_REQUIRE(rest.size() == 1u);
  BOOST_TEST(rest[0].first == 1u);
  BOOST_TEST(rest[0].count == 6u);
  BOOST_TEST(group->done() == 6u);
  BOOST_CHECK(group->at(6).state == status::aborted);
  answer({1, 2, 3});
  BOOST_TEST(take().empty());
  answer({4, 5, 6});
  BOOST_TEST(session.groups() == 0u);
  BOOST_TEST(session.bytes_in_flight() == 0u);
  BOOST_TEST((session.cancel(*group, 0, 12).dequeued == 0u));
}

BOOST_AUTO_TEST_CASE(parts_of_calls_are_left_to_the_scheduler) {
  session.credit(3, 10000);
  auto group = submit(5);
  BOOST_TEST((take() == numbers{1}));
  auto [dequeued, rest] = session.cancel(*group, 4, 7); // 5 to 11
  BOOST_TEST(dequeued == 3u);                           // 7, 8, 9
  BOOST_REQUIRE(rest.size() == 2u);
  BOOST_TEST(rest[0].first == 5u);
  BOOST_TEST(rest[0].count == 2u);
  BOOST_TEST(rest[1].first == 10u);
  BOOST_TEST(rest[1].count == 2u);
  answer({1, 2, 3});
  BOOST_TEST((take() == numbers{4}));
  answer({4, 5, 6});
  BOOST_TEST((take() == numbers{10}));
}

BOOST_AUTO_TEST_CASE(a_part_of_one_call_is_left_to_the_scheduler) {
  session.credit(0, 0);
  auto group = submit(1);
  auto [dequeued, rest] = session.cancel(*group, 1, 1);
  BOOST_TEST(dequeued == 0u);
  BOOST_REQUIRE(rest.size() == 1u);
  BOOST_TEST(rest[0].first == 2u);
  BOOST_TEST(rest[0].count == 1u);
}

BOOST_AUTO_TEST_CASE(tells_what_the_credit_holds_back) {
  session.credit(3, 10000);
  submit(2);
  take();
  BOOST_TEST(!session.holds_back(3));
  BOOST_TEST(session.holds_back(4));
  BOOST_TEST(session.holds_back(6));
  BOOST_TEST(!session.holds_back(7));
}

// -- what goes wrong ----------------------------------------------------------

BOOST_AUTO_TEST_CASE(strange_and_doubled_results_are_dropped) {
  auto group = submit(1);
  answer({1}); // not sent yet
  take();
  answer({2, 2, 99});
  BOOST_TEST(group->done() == 1u);
  BOOST_TEST(session.dropped() == 3u);
}

BOOST_AUTO_TEST_CASE(what_no_message_can_carry_fails_at_once) {
  encoded_calls calls;
  calls.add([](encoder& out) {
    out.bytes(buffer::borrow("x", std::size_t{2} << 30, [] {}));
  });
  auto group = submit(std::move(calls), plan_of({0, 1}));
  BOOST_TEST(group->done() == 2u);
  BOOST_CHECK(group->error_of(1).code == errc::too_large);
  BOOST_TEST(session.groups() == 0u);
  BOOST_TEST(take().empty());
}

BOOST_AUTO_TEST_CASE(what_could_not_be_sent_fails) {
  auto group = submit(2);
  auto messages = session.take_casts(100);
  session.returned(std::move(messages.at(0)), "no way");
  BOOST_TEST(group->done() == 6u);
  BOOST_CHECK(group->at(5).state == status::no_cluster);
  BOOST_TEST(session.in_flight() == 0u);
  BOOST_TEST(session.bytes_in_flight() == 0u);
}

BOOST_AUTO_TEST_CASE(what_was_in_flight_fails_and_the_rest_waits) {
  session.credit(3, 10000);
  auto first = submit(1);
  auto second = submit(1);
  take();
  answer({1});
  session.fail_in_flight("forgotten");
  BOOST_TEST(first->done() == 3u);
  BOOST_CHECK(first->at(0).state == status::ok);
  BOOST_CHECK(first->at(1).state == status::no_cluster);
  BOOST_TEST(second->done() == 0u);
  BOOST_TEST(take().empty());
  session.credit(3, 10000);
  BOOST_TEST((take() == numbers{4}));
}

BOOST_AUTO_TEST_CASE(all_fail_when_the_session_ends) {
  auto first = submit(1);
  take();
  auto second = submit(1);
  session.fail_all("gone");
  BOOST_TEST(first->done() == 3u);
  BOOST_TEST(second->done() == 3u);
  BOOST_TEST(session.in_flight() == 0u);
  BOOST_TEST(session.groups() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
