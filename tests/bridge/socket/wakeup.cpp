// SPDX-License-Identifier: BSL-1.0

#include <troupe/socket/wakeup.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <poll.h>
#include <thread>

using namespace troupe;

namespace {

/// Whether the descriptor is readable within `timeout` milliseconds.
bool fired(const wakeup& x, int timeout = 0) {
  pollfd fd{x.fd(), POLLIN, 0};
  return poll(&fd, 1, timeout) == 1;
}

} // namespace

BOOST_AUTO_TEST_SUITE(wakeup_suite)

BOOST_AUTO_TEST_CASE(costs_nothing_while_the_thread_is_awake) {
  wakeup x;
  x.fire();
  BOOST_TEST(!fired(x));
  x.arm();
  x.disarm(false);
  x.fire();
  BOOST_TEST(!fired(x));
}

BOOST_AUTO_TEST_CASE(wakes_a_sleeper_until_it_disarms) {
  wakeup x;
  x.arm();
  x.fire();
  x.fire();
  BOOST_TEST(fired(x));
  x.disarm(true);
  BOOST_TEST(!fired(x));
}

BOOST_AUTO_TEST_CASE(keeps_a_late_signal_for_the_next_sleep) {
  wakeup x;
  x.arm();
  BOOST_TEST(!fired(x)); // the sleeper times out ...
  x.fire();              // ... somebody fires ...
  x.disarm(false);       // ... and the sleeper has not seen it
  x.arm();
  BOOST_TEST(fired(x));
  x.disarm(true);
  x.arm();
  BOOST_TEST(!fired(x)); // but it does not spin for ever
}

BOOST_AUTO_TEST_CASE(loses_no_wakeup_in_a_race) {
  wakeup x;
  std::atomic<int> offered{0};
  constexpr auto rounds = 20000;
  std::thread producer{[&] {
    for (auto i = 0; i < rounds; ++i) {
      offered = i + 1;
      x.fire();
    }
  }};
  auto seen = 0;
  auto stuck = false;
  while (seen < rounds && !stuck) {
    x.arm();
    auto got = false;
    if (offered == seen) {
      got = fired(x, 10'000);
      stuck = !got && offered != seen;
    }
    x.disarm(got);
    seen = offered;
  }
  producer.join();
  BOOST_TEST(!stuck);
}

BOOST_AUTO_TEST_SUITE_END()
