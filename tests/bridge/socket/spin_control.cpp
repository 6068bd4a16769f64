// SPDX-License-Identifier: BSL-1.0

#include "bridge/loopback.hpp"
#include <troupe/socket/spin_control.hpp>

using namespace std::chrono_literals;
using namespace troupe;

namespace {

/// Sleeps `n` times, and returns how often it looked again before.
int looks(spin_control& control, int n, bool comes) {
  auto result = 0;
  for (auto i = 0; i < n; ++i)
    if (control.worthwhile()) {
      control.note(comes);
      ++result;
    }
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(spin_control_suite)

BOOST_AUTO_TEST_CASE(goes_on_while_it_pays) {
  spin_control control;
  BOOST_TEST(looks(control, 1000, true) == 1000);
  // Half of the looks in vain are still worth it.
  for (auto i = 0; i < 100; ++i) {
    BOOST_TEST(looks(control, 1, false) == 1);
    BOOST_TEST(looks(control, 1, true) == 1);
  }
}

BOOST_AUTO_TEST_CASE(rests_after_a_series_of_failures) {
  spin_control control;
  looks(control, 8, false);
  BOOST_TEST(looks(control, 10 * spin_control::rest, false) == 10);
}

BOOST_AUTO_TEST_CASE(gives_up_at_once_when_others_need_the_core) {
  spin_control control;
  control.give_up();
  BOOST_TEST(looks(control, spin_control::rest - 1, true) == 0);
  BOOST_TEST(looks(control, 1, true) == 1);
}

BOOST_AUTO_TEST_CASE(comes_back_when_something_comes_again) {
  spin_control control;
  looks(control, 1000, false);
  auto sleeps = 0;
  while (!control.worthwhile())
    ++sleeps;
  BOOST_TEST(sleeps < static_cast<int>(spin_control::rest));
  control.note(true);
  BOOST_TEST(looks(control, 100, true) == 100);
}

BOOST_AUTO_TEST_CASE(looks_until_it_comes) {
  spin_control control;
  auto looked = 0;
  BOOST_TEST(control.look(1h, [&] { return ++looked == 3; }));
  BOOST_TEST(looked == 3);
}

BOOST_AUTO_TEST_CASE(looks_for_a_limited_time) {
  spin_control control;
  auto looked = 0;
  auto in_vain = [&] {
    ++looked;
    return false;
  };
  BOOST_TEST(!control.look(1us, in_vain));
  BOOST_TEST(looked > 0);
  looked = 0;
  BOOST_TEST(!control.look(0us, in_vain));
  BOOST_TEST(looked == 0);
}

BOOST_AUTO_TEST_SUITE_END()
