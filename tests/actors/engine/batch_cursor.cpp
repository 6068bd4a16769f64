// SPDX-License-Identifier: BSL-1.0

#include "troupe/engine/batch_cursor.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

using namespace troupe;

BOOST_AUTO_TEST_SUITE(batch_cursor_suite)

BOOST_AUTO_TEST_CASE(claims_what_nobody_took_back) {
  batch_cursor x{3};
  BOOST_TEST(x.left() == 3u);
  BOOST_TEST(x.claim());
  BOOST_TEST(x.take_back(1) == 1u);
  BOOST_TEST(x.end() == 2u);
  BOOST_TEST(x.claim());
  BOOST_TEST(!x.claim());
  BOOST_TEST(x.take_back(5) == 0u);
  BOOST_TEST(x.left() == 0u);
}

BOOST_AUTO_TEST_CASE(takes_back_no_more_than_there_is) {
  batch_cursor x{4};
  BOOST_TEST(x.claim());
  BOOST_TEST(x.take_back(9) == 3u);
  BOOST_TEST(x.end() == 1u);
  BOOST_TEST(!batch_cursor{0}.claim());
}

BOOST_AUTO_TEST_CASE(each_task_goes_one_way) {
  constexpr auto size = std::uint32_t{100'000};
  batch_cursor x{size};
  auto taken = std::uint32_t{0};
  std::thread other{[&] {
    while (auto some = x.take_back(3))
      taken += some;
  }};
  auto claimed = std::uint32_t{0};
  while (x.claim())
    ++claimed;
  other.join();
  BOOST_TEST(claimed + taken == size);
  BOOST_TEST(x.end() == claimed);
}

BOOST_AUTO_TEST_SUITE_END()
