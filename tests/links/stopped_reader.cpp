// SPDX-License-Identifier: BSL-1.0

#include "support/wait_until.hpp"
#include "system/support/program.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <sstream>
#include <string>

using namespace troupe::test;
using namespace std::chrono_literals;

namespace {

constexpr auto limit = 60s;

/// Seconds to flood for; the longer form is `TROUPE_FLOOD_SECONDS=10`.
int flood_seconds() {
  auto text = std::getenv("TROUPE_FLOOD_SECONDS");
  return text == nullptr ? 2 : std::atoi(text);
}

bool has_lines(const program& x, int count) {
  auto text = x.out();
  return std::count(text.begin(), text.end(), '\n') >= count;
}

/// Floods a process that is stopped.
void check_flood(const std::string& type, const std::string& peers) {
  program receiver{{TROUPE_LINK_PEER, "receive", type, peers}, {}};
  BOOST_REQUIRE(wait_until([&] { return has_lines(receiver, 1); }));
  auto endpoint = receiver.out();
  endpoint.pop_back();
  auto time = 1000 * flood_seconds();
  program sender{{TROUPE_LINK_PEER, "send", type, peers, endpoint,
                  std::to_string(time)},
                 {}};
  BOOST_REQUIRE(wait_until([&] { return has_lines(sender, 1); }));
  receiver.signal(SIGSTOP);
  BOOST_REQUIRE(wait_until([&] { return has_lines(sender, 2); },
                           std::chrono::milliseconds{time} + 20s));
  receiver.signal(SIGCONT);
  BOOST_TEST(sender.wait(limit) == 0);
  BOOST_TEST(receiver.wait(limit) == 0);
  BOOST_TEST_MESSAGE(type << " " << peers << ": " << sender.out());
  auto word = std::string{};
  auto sent = 0ll;
  auto peak_mib = 0;
  std::istringstream{sender.out()} >> word >> sent >> peak_mib;
  auto counted = -1ll;
  std::istringstream{receiver.out()} >> word >> counted;
  BOOST_TEST(sent > 1000);
  BOOST_TEST(counted == sent);
  BOOST_TEST(peak_mib > 0);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  BOOST_TEST(peak_mib < 200); // sanitizers keep freed memory
#endif
  BOOST_TEST(sender.err() == "");
  BOOST_TEST(receiver.err() == "");
}

} // namespace

BOOST_AUTO_TEST_SUITE(stopped_reader_suite)

BOOST_AUTO_TEST_CASE(bounds_a_writer_that_waits_for_credit) {
  check_flood("dealer", "bridged");
}

BOOST_AUTO_TEST_CASE(bounds_a_writer_of_bundles_by_the_high_water_mark) {
  check_flood("push", "bridged");
}

BOOST_AUTO_TEST_CASE(bounds_a_raw_writer_by_the_high_water_mark) {
  check_flood("push", "raw");
}

BOOST_AUTO_TEST_SUITE_END()
