// SPDX-License-Identifier: BSL-1.0

#include <troupe/write_all.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <thread>
#include <unistd.h>

using namespace troupe;

BOOST_AUTO_TEST_SUITE(write_all_suite)

BOOST_AUTO_TEST_CASE(goes_on_where_a_pipe_was_full) {
  std::array<int, 2> ends{};
  BOOST_REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
  auto sent = std::string(300'000, 'x') + "end"; // more than a pipe holds
  std::string got;
  std::thread reader{[&] {
    std::array<char, 4096> chunk;
    for (ssize_t n; (n = read(ends[0], chunk.data(), chunk.size())) > 0;)
      got.append(chunk.data(), static_cast<std::size_t>(n));
  }};
  auto result = write_all(ends[1], sent);
  close(ends[1]);
  reader.join();
  close(ends[0]);
  BOOST_TEST(result == 0);
  BOOST_TEST((got == sent));
}

BOOST_AUTO_TEST_CASE(says_why_not_all_was_written) {
  auto full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  BOOST_REQUIRE(full >= 0);
  BOOST_TEST(write_all(full, "x") == ENOSPC);
  BOOST_TEST(write_all(full, "") == 0);
  close(full);
  BOOST_TEST(write_all(-1, "x") == EBADF);
}

BOOST_AUTO_TEST_SUITE_END()
