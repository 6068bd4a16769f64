// SPDX-License-Identifier: BSL-1.0

#include <troupe/socket/delivery_flow.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <poll.h>
#include <thread>
#include <vector>

using namespace troupe;

namespace {

struct fixture {
  bool fired(int timeout = 0) {
    pollfd fd{bell->fd(), POLLIN, 0};
    return poll(&fd, 1, timeout) == 1;
  }

  /// Takes tickets until the flow closes.
  void fill(delivery_flow& flow) {
    while (flow.open())
      tickets.push_back(flow.take_ticket());
  }

  std::shared_ptr<wakeup> bell = std::make_shared<wakeup>();
  std::vector<std::shared_ptr<const void>> tickets;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(delivery_flow_suite, fixture)

BOOST_AUTO_TEST_CASE(closes_at_its_bound) {
  auto flow = std::make_shared<delivery_flow>(bell, 4);
  fill(*flow);
  BOOST_TEST(tickets.size() == 4u);
  BOOST_TEST(flow->unhandled() == 4u);
  BOOST_TEST(!flow->resumable());
}

BOOST_AUTO_TEST_CASE(opens_and_wakes_the_pump_when_half_came_back) {
  auto flow = std::make_shared<delivery_flow>(bell, 4);
  fill(*flow);
  bell->arm();
  tickets.pop_back();
  BOOST_TEST(!flow->open());
  BOOST_TEST(!fired());
  tickets.pop_back();
  BOOST_TEST(fired());
  BOOST_TEST(flow->resumable());
  BOOST_TEST(flow->open());
  BOOST_TEST(!flow->resumable());
}

BOOST_AUTO_TEST_CASE(counts_a_shared_ticket_once) {
  auto flow = std::make_shared<delivery_flow>(bell, 1);
  fill(*flow);
  auto copy = tickets.front();
  tickets.clear();
  BOOST_TEST(!flow->open());
  copy.reset();
  BOOST_TEST(flow->open());
}

BOOST_AUTO_TEST_CASE(leaves_the_pump_alone_while_it_is_open) {
  auto flow = std::make_shared<delivery_flow>(bell, 4);
  tickets.push_back(flow->take_ticket());
  tickets.push_back(flow->take_ticket());
  tickets.push_back(flow->take_ticket());
  bell->arm();
  tickets.clear();
  BOOST_TEST(!fired());
}

BOOST_AUTO_TEST_CASE(lets_tickets_outlive_it) {
  auto flow = std::make_shared<delivery_flow>(bell, 2);
  fill(*flow);
  flow.reset();
  bell.reset();
  tickets.clear(); // the sanitizer would see
}

BOOST_AUTO_TEST_CASE(never_gets_stuck_in_a_race) {
  constexpr auto total = 50'000;
  auto flow = std::make_shared<delivery_flow>(bell, 2);
  std::vector<std::atomic<const void*>> slots(4);
  std::atomic<bool> finished{false};
  std::thread handler{[&] {
    while (!finished)
      for (auto& slot : slots)
        if (auto p = slot.exchange(nullptr))
          delete static_cast<const std::shared_ptr<const void>*>(p);
  }};
  auto stuck = false;
  for (auto sent = 0; sent < total && !stuck;) {
    bell->arm();
    if (!flow->open()) {
      auto got = flow->resumable() || fired(10'000);
      stuck = !got && !flow->resumable();
      bell->disarm(fired());
      continue;
    }
    bell->disarm(false);
    for (auto& slot : slots)
      if (slot == nullptr) {
        slot = new std::shared_ptr<const void>{flow->take_ticket()};
        ++sent;
        break;
      }
  }
  finished = true;
  handler.join();
  for (auto& slot : slots)
    delete static_cast<const std::shared_ptr<const void>*>(slot.load());
  BOOST_TEST(!stuck);
}

BOOST_AUTO_TEST_SUITE_END()
