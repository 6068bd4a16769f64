// SPDX-License-Identifier: BSL-1.0

#include <troupe/socket/last_words.hpp>

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace troupe;

BOOST_AUTO_TEST_SUITE(last_words_suite)

BOOST_AUTO_TEST_CASE(are_over_when_there_is_no_more) {
  last_words x;
  BOOST_TEST(!x.waiting());
  BOOST_TEST(!x.heard(0, true)); // nobody went
  x.begin(10, 100);
  BOOST_TEST(x.waiting());
  BOOST_TEST(!x.heard(20, false));
  BOOST_TEST(x.waiting());
  BOOST_TEST(x.heard(25, true));
  BOOST_TEST(!x.waiting());
  BOOST_TEST(!x.late());
  BOOST_TEST(!x.heard(25, true)); // once
}

BOOST_AUTO_TEST_CASE(are_over_when_others_never_end) {
  last_words x;
  x.begin(10, 100);
  x.begin(50, 100); // does not prolong it
  BOOST_TEST(!x.heard(109, false));
  BOOST_TEST(x.heard(110, false));
  BOOST_TEST(!x.waiting());
  BOOST_TEST(x.late());
  BOOST_TEST(!x.heard(120, false)); // the next turn
  BOOST_TEST(!x.late());
  x.begin(120, std::numeric_limits<std::uint64_t>::max());
  BOOST_TEST(!x.heard(1'000'000, false));
}

BOOST_AUTO_TEST_SUITE_END()
