// SPDX-License-Identifier: BSL-1.0

#include <troupe/link/handled_ledger.hpp>

#include <boost/test/unit_test.hpp>

#include <thread>

using namespace troupe;

namespace {

struct fixture {
  /// Returns a ticket for so many messages of one byte.
  std::shared_ptr<const void> ticket(std::uint64_t n) {
    std::vector<handled_messages> xs;
    xs.push_back({routing_id{"peer"}, 1, {n, n}});
    return ledger->ticket(std::move(xs), nullptr);
  }

  std::shared_ptr<handled_ledger> ledger = std::make_shared<handled_ledger>(
    std::make_shared<wakeup>(), credit_amount{10, 100});
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(handled_ledger_suite, fixture)

BOOST_AUTO_TEST_CASE(counts_when_the_last_copy_of_a_ticket_goes) {
  auto first = ticket(3);
  auto second = first;
  first = nullptr;
  BOOST_TEST(ledger->take().empty());
  second = nullptr;
  auto got = ledger->take();
  BOOST_REQUIRE(got.size() == 1u);
  BOOST_TEST((got[0].amount == credit_amount{3, 3}));
  BOOST_TEST((got[0].peer == routing_id{"peer"}));
}

BOOST_AUTO_TEST_CASE(is_ready_when_enough_came_together) {
  ticket(9);
  BOOST_TEST(!ledger->ready());
  ticket(1);
  BOOST_TEST(ledger->ready());
  ledger->take();
  BOOST_TEST(!ledger->ready());
  ticket(9);
  BOOST_TEST(!ledger->ready());
}

BOOST_AUTO_TEST_CASE(keeps_another_ticket_as_long) {
  auto other = std::make_shared<int>(1);
  auto mine = ledger->ticket({}, other);
  BOOST_TEST(other.use_count() == 2);
  mine = nullptr;
  BOOST_TEST(other.use_count() == 1);
}

BOOST_AUTO_TEST_CASE(takes_tickets_of_any_thread) {
  std::vector<std::thread> threads;
  for (auto i = 0; i < 4; ++i)
    threads.emplace_back([this] {
      for (auto k = 0; k < 1000; ++k)
        ticket(1);
    });
  for (auto& x : threads)
    x.join();
  auto sum = std::uint64_t{0};
  for (auto& x : ledger->take())
    sum += x.amount.messages;
  BOOST_TEST(sum == 4000u);
}

BOOST_AUTO_TEST_SUITE_END()
