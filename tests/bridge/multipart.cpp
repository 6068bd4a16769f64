// SPDX-License-Identifier: BSL-1.0

#include <troupe/multipart.hpp>

#include <boost/test/unit_test.hpp>

using namespace troupe;

BOOST_AUTO_TEST_SUITE(multipart_suite)

BOOST_AUTO_TEST_CASE(sums_up_the_sizes_of_its_frames) {
  BOOST_TEST(multipart{}.size_bytes() == 0u);
  multipart x{{buffer::copy_of("abc"), buffer{}, buffer::copy_of("de")}};
  BOOST_TEST(x.size_bytes() == 5u);
  BOOST_TEST(x.peer.empty());
}

BOOST_AUTO_TEST_CASE(shares_its_frames_when_copied) {
  multipart x{routing_id{"peer"}, {buffer::copy_of("abc")}};
  auto y = x;
  BOOST_TEST((y.peer == routing_id{"peer"}));
  BOOST_TEST(y.frames.front().data() == x.frames.front().data());
}

BOOST_AUTO_TEST_SUITE_END()
