// SPDX-License-Identifier: BSL-1.0

#include "support/wait_until.hpp"
#include <troupe/write_all.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <pthread.h>
#include <string>
#include <sys/ioctl.h>
#include <thread>
#include <unistd.h>

using namespace troupe;

namespace {

/// While it lives, SIGUSR1 interrupts system calls and does nothing else.
class interruptions_allowed {
public:
  interruptions_allowed() {
    struct sigaction action {};
    action.sa_handler = [](int) {};
    sigaction(SIGUSR1, &action, &before_);
  }

  ~interruptions_allowed() {
    sigaction(SIGUSR1, &before_, nullptr);
  }

  interruptions_allowed(const interruptions_allowed&) = delete;

  interruptions_allowed& operator=(const interruptions_allowed&) = delete;

private:
  struct sigaction before_ {};
};

} // namespace

BOOST_AUTO_TEST_SUITE(write_all_suite)

BOOST_AUTO_TEST_CASE(goes_on_where_a_signal_stopped_it) {
  interruptions_allowed scope;
  std::array<int, 2> ends{};
  BOOST_REQUIRE(pipe2(ends.data(), O_CLOEXEC) == 0);
  auto sent = std::string(300'000, 'x') + "end"; // more than a pipe holds
  std::string got;
  auto was_full = false;
  std::thread reader{[&, writer = pthread_self()] {
    // A write that a signal interrupts ends with what it has written so far.
    auto room = fcntl(ends[0], F_GETPIPE_SZ);
    was_full = test::wait_until([&] {
      auto there = 0;
      return ioctl(ends[0], FIONREAD, &there) == 0 && there >= room;
    });
    for (auto i = 0; i < 3; ++i)
      pthread_kill(writer, SIGUSR1);
    std::array<char, 4096> chunk;
    for (ssize_t n; (n = read(ends[0], chunk.data(), chunk.size())) > 0;)
      got.append(chunk.data(), static_cast<std::size_t>(n));
  }};
  auto result = write_all(ends[1], sent);
  close(ends[1]);
  reader.join();
  close(ends[0]);
  BOOST_TEST(was_full);
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
