// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/outbox.hpp"

#include "actors/scheduling/lane.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe;
using namespace troupe::test;

namespace {

constexpr auto ann = client_id{1};
constexpr auto ben = client_id{2};

struct fixture {
  fixture() {
    table.connect({.client = &first}, peer_of(ann));
    table.connect({.client = &second}, peer_of(ben));
  }

  void report(client_record& client, task_number number, std::size_t size = 3) {
    std::vector<std::byte> bytes(size);
    out.report(client, {number, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0}, bytes, {});
  }

  lane_output flush() {
    scheduler_actions actions;
    actions.messages = out.flush();
    return sort_out(std::move(actions));
  }

  peer_table table;
  client_record& first = *table.add_client(ann, 1);
  client_record& second = *table.add_client(ben, 2);
  outbox out;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(outbox_suite, fixture)

BOOST_AUTO_TEST_CASE(an_empty_outbox_sends_nothing) {
  BOOST_TEST(out.flush().empty());
  BOOST_TEST(!out.holds());
}

BOOST_AUTO_TEST_CASE(results_of_one_client_share_a_message) {
  report(first, 1);
  report(second, 1);
  report(first, 2);
  auto sent = flush();
  BOOST_TEST(sent.batches == 2u);
  BOOST_TEST(sent.reported[ann].size() == 2u);
  BOOST_TEST(sent.reported[ben].size() == 1u);
  BOOST_TEST(out.flush().empty());
}

BOOST_AUTO_TEST_CASE(a_full_batch_is_closed) {
  for (auto number = 1u; number <= limits::batch_tasks + 1; ++number)
    report(first, number);
  BOOST_TEST(flush().batches == 2u);
  report(first, 1, limits::batch_arena_bytes);
  report(first, 2, 8);
  auto sent = flush();
  BOOST_TEST(sent.batches == 2u);
  BOOST_TEST(sent.reported[ann].size() == 2u);
}

BOOST_AUTO_TEST_CASE(results_of_an_absent_client_are_kept) {
  first.away = true;
  report(first, 1);
  BOOST_TEST(out.flush().empty());
  BOOST_TEST(!out.holds()); // no tick helps
  out.resend();
  BOOST_TEST(out.flush().empty());
  first.away = false;
  out.deliver_held(first);
  BOOST_TEST(flush().reported[ann].size() == 1u);
  BOOST_TEST(first.held.empty());
}

BOOST_AUTO_TEST_CASE(results_that_came_back_are_sent_again) {
  report(first, 1);
  report(second, 1);
  for (auto& message : out.flush())
    out.hold(message.peer == peer_of(ann) ? first : second, message);
  BOOST_TEST(out.holds());
  BOOST_TEST(out.flush().empty());
  out.resend();
  BOOST_TEST(!out.holds());
  auto sent = flush();
  BOOST_TEST(sent.reported[ann].size() == 1u);
  BOOST_TEST(sent.reported[ben].size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_forgotten_client_gets_nothing) {
  report(first, 1);
  report(second, 1);
  out.hold(first, multipart{});
  out.forget(first);
  table.erase(first);
  BOOST_TEST(!out.holds());
  auto sent = flush();
  BOOST_TEST(!sent.reported.contains(ann));
  BOOST_TEST(sent.reported[ben].size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_number_of_an_attempt_fits_into_a_byte) {
  task x;
  x.attempts = 3;
  BOOST_TEST(attempt_number(x) == 3);
  x.attempts = 300;
  BOOST_TEST(attempt_number(x) == 255);
}

BOOST_AUTO_TEST_SUITE_END()
