// SPDX-License-Identifier: BSL-1.0

#include <troupe/lanes/lane_link.hpp>

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using namespace troupe;

namespace {

constexpr auto first = link_id{1, 1};
constexpr auto second = link_id{2, 2};

struct fixture {
  lane_link link{{5s, 100ms, 400ms}};
  lane_link::time_point now{};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(lane_link_suite, fixture)

BOOST_AUTO_TEST_CASE(is_due_at_once) {
  BOOST_TEST((link.deadline() <= now));
  BOOST_TEST(!link.joining());
}

BOOST_AUTO_TEST_CASE(joins_once) {
  link.start(first, now);
  BOOST_TEST(link.joining());
  BOOST_TEST((link.deadline() == now + 5s));
  BOOST_TEST(link.welcome(first));
  BOOST_TEST(!link.welcome(first)); // those of the other lanes
  BOOST_TEST(link.joined());
  BOOST_TEST((link.deadline() == lane_link::time_point::max()));
}

BOOST_AUTO_TEST_CASE(ignores_the_welcome_of_an_old_attempt) {
  link.start(first, now);
  link.end(now);
  BOOST_TEST(!link.welcome(first));
  link.start(second, now);
  BOOST_TEST(!link.welcome(first));
  BOOST_TEST(link.welcome(second));
}

BOOST_AUTO_TEST_CASE(waits_for_the_last_goodbye_for_some_time) {
  link.start(first, now);
  link.leave(now);
  BOOST_TEST((link.deadline() == now + 5s)); // of the attempt
  link.welcome(first);
  link.leave(now);
  link.leave(now + 1s);
  BOOST_TEST((link.deadline() == now + 6s));
}

BOOST_AUTO_TEST_CASE(waits_longer_after_each_failure) {
  for (auto pause : {100ms, 200ms, 400ms, 400ms}) {
    link.start(first, now);
    BOOST_TEST(link.end(now));
    BOOST_TEST(!link.end(now));
    BOOST_TEST((link.deadline() == now + pause));
  }
  link.start(first, now);
  link.welcome(first);
  link.end(now);
  BOOST_TEST((link.deadline() == now + 100ms)); // it had worked
}

BOOST_AUTO_TEST_SUITE_END()
