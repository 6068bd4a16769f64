// SPDX-License-Identifier: BSL-1.0

#include <troupe/text_frames.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace troupe;

BOOST_AUTO_TEST_SUITE(text_frames_suite)

BOOST_AUTO_TEST_CASE(makes_a_frame_of_each_text) {
  auto gone = std::string{"a text that is not there for long"};
  multipart x{text_frames({gone, "", "b"})};
  gone.assign(gone.size(), '-');
  BOOST_REQUIRE(x.frames.size() == 3u);
  BOOST_TEST(x.frames[0].text() == "a text that is not there for long");
  BOOST_TEST(x.frames[1].empty());
  BOOST_TEST(x.frames[2].text() == "b");
}

BOOST_AUTO_TEST_CASE(reads_frames_that_are_there_and_those_that_are_not) {
  multipart x{text_frames({"a"})};
  BOOST_TEST(text_at(x, 0) == "a");
  BOOST_TEST(text_at(x, 1) == "");
  BOOST_TEST(text_at(std::span<const buffer>{}, 0) == "");
}

BOOST_AUTO_TEST_SUITE_END()
