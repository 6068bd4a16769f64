// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/early_cancels.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe;

BOOST_AUTO_TEST_SUITE(early_cancels_suite)

BOOST_AUTO_TEST_CASE(notes_what_did_not_come_yet) {
  early_cancels x;
  BOOST_TEST(x.add({{1, 4}, {3, 5}, {9, 2}}, 4) == 5u); // 5 to 7, 9 and 10
  BOOST_TEST(x.covers(5));
  BOOST_TEST(x.covers(7));
  BOOST_TEST(!x.covers(8));
  BOOST_TEST(x.covers(9));
  BOOST_TEST(!x.covers(11));
  BOOST_TEST(x.empty());
}

BOOST_AUTO_TEST_CASE(numbers_may_be_left_out) {
  early_cancels x;
  x.add({{3, 2}, {6, 1}}, 0);
  BOOST_TEST(!x.covers(5));
  BOOST_TEST(x.covers(6));
}

BOOST_AUTO_TEST_CASE(ranges_without_an_end_are_ignored) {
  early_cancels x;
  BOOST_TEST(x.add({{5, 0}, {UINT64_MAX, UINT64_MAX}}, 1) == 0u);
  BOOST_TEST(x.empty());
}

BOOST_AUTO_TEST_CASE(remembers_a_limited_number_of_ranges) {
  early_cancels x;
  std::vector<task_range> ranges;
  for (task_number i = 1; i <= early_cancels::most + 5; ++i)
    ranges.push_back({2 * i, 1});
  BOOST_TEST(x.add(ranges, 0) == early_cancels::most);
}

BOOST_AUTO_TEST_SUITE_END()
