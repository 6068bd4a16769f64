// SPDX-License-Identifier: BSL-1.0

#include "map/output_pipes.hpp"

#include <boost/test/unit_test.hpp>

#include <string_view>
#include <unistd.h>

using namespace troupe::apps;

namespace {

constexpr auto no_limit = std::size_t{1} << 20;

void put(int fd, std::string_view text) {
  BOOST_REQUIRE(write(fd, text.data(), text.size())
                == static_cast<ssize_t>(text.size()));
}

} // namespace

BOOST_AUTO_TEST_SUITE(output_pipes_suite)

BOOST_AUTO_TEST_CASE(keeps_the_two_streams_apart) {
  output_pipes x;
  put(x.out_fd(), "out");
  put(x.err_fd(), "err");
  x.close_write_ends();
  BOOST_TEST(x.collect(-1, no_limit));
  BOOST_TEST(x.take_out() == "out");
  BOOST_TEST(x.take_err() == "err");
}

BOOST_AUTO_TEST_CASE(stops_beyond_the_limit) {
  output_pipes x;
  put(x.err_fd(), "12345");
  BOOST_TEST(!x.collect(-1, 4));
  output_pipes y;
  put(y.err_fd(), "1234");
  y.close_write_ends();
  BOOST_TEST(y.collect(-1, 4));
}

BOOST_AUTO_TEST_CASE(needs_no_end_once_the_process_has_ended) {
  output_pipes x; // its write ends stay open, as in a background process
  put(x.out_fd(), "out");
  int fds[2];
  BOOST_REQUIRE(pipe(fds) == 0);
  close(fds[1]); // readable, as the pidfd of a process that ended
  BOOST_TEST(x.collect(fds[0], no_limit));
  BOOST_TEST(x.take_out() == "out");
  close(fds[0]);
}

BOOST_AUTO_TEST_SUITE_END()
