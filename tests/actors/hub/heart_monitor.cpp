// SPDX-License-Identifier: BSL-1.0
#include "troupe/hub/heart_monitor.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe;

namespace {

constexpr auto alice = engine_id{1};
constexpr auto bob = engine_id{2};
constexpr auto carol = client_id{1};

using members = std::vector<member_id>;

} // namespace

BOOST_AUTO_TEST_SUITE(heart_monitor_suite)

BOOST_AUTO_TEST_CASE(gives_up_the_silent_once) {
  heart_monitor monitor;
  monitor.watch(alice);
  BOOST_TEST(monitor.end_period(2).empty());
  BOOST_TEST(monitor.end_period(2).empty());
  BOOST_CHECK(monitor.end_period(2) == members{alice});
  BOOST_TEST(monitor.end_period(2).empty());
}

BOOST_AUTO_TEST_CASE(keeps_those_who_answer) {
  heart_monitor monitor;
  monitor.watch(alice);
  monitor.watch(bob);
  members lost;
  for (auto period = 0; period < 10; ++period) {
    BOOST_TEST(monitor.beat(bob));
    for (auto id : monitor.end_period(2))
      lost.push_back(id);
  }
  BOOST_CHECK(lost == members{alice});
}

BOOST_AUTO_TEST_CASE(tells_engines_and_clients_of_one_number_apart) {
  heart_monitor monitor;
  BOOST_TEST(monitor.watch(alice));
  BOOST_TEST(monitor.watch(carol));
  BOOST_TEST(monitor.beat(carol));
  monitor.end_period(1);
  monitor.beat(carol);
  BOOST_CHECK(monitor.end_period(1) == members{alice});
}

BOOST_AUTO_TEST_CASE(reports_engines_before_clients_in_ascending_order) {
  heart_monitor monitor;
  for (auto id : members{carol, bob, alice})
    monitor.watch(id);
  BOOST_CHECK(monitor.end_period(0) == (members{alice, bob, carol}));
}

BOOST_AUTO_TEST_CASE(rejects_a_second_watch_and_an_unknown_beat) {
  heart_monitor monitor;
  BOOST_TEST(monitor.watch(alice));
  BOOST_TEST(!monitor.watch(alice));
  BOOST_TEST(!monitor.beat(bob));
}

BOOST_AUTO_TEST_CASE(forgets_who_left) {
  heart_monitor monitor;
  monitor.watch(alice);
  BOOST_TEST(monitor.forget(alice));
  BOOST_TEST(!monitor.forget(alice));
  BOOST_TEST(!monitor.beat(alice));
  BOOST_TEST(monitor.end_period(0).empty());
}

BOOST_AUTO_TEST_SUITE_END()
