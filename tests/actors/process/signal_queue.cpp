// SPDX-License-Identifier: BSL-1.0
#include "troupe/process/signal_queue.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <poll.h>
#include <set>
#include <unistd.h>

using namespace troupe;

namespace {

bool readable(int fd) {
  pollfd x{fd, POLLIN, 0};
  return poll(&x, 1, 0) == 1;
}

bool blocked(int sig) {
  sigset_t set;
  pthread_sigmask(SIG_SETMASK, nullptr, &set);
  return sigismember(&set, sig) == 1;
}

} // namespace

BOOST_AUTO_TEST_SUITE(signal_queue_suite)

BOOST_AUTO_TEST_CASE(gives_each_signal_once) {
  signal_queue uut;
  BOOST_TEST(uut.next() == 0);
  BOOST_TEST(!readable(uut.fd()));
  std::set<int> expected{SIGCHLD, SIGTERM, SIGINT};
  for (auto sig : expected)
    kill(getpid(), sig);
  BOOST_TEST(readable(uut.fd()));
  std::set<int> received;
  while (auto sig = uut.next())
    BOOST_TEST(received.insert(sig).second);
  BOOST_CHECK(received == expected);
}

BOOST_AUTO_TEST_CASE(survives_writing_into_a_broken_pipe) {
  signal_queue uut;
  std::array<int, 2> ends;
  BOOST_REQUIRE(pipe(ends.data()) == 0);
  close(ends[0]);
  BOOST_TEST(write(ends[1], "x", 1) == -1);
  close(ends[1]);
}

BOOST_AUTO_TEST_CASE(leaves_signals_as_they_were) {
  BOOST_REQUIRE(!blocked(SIGTERM));
  {
    signal_queue uut;
    BOOST_TEST(blocked(SIGTERM));
    kill(getpid(), SIGTERM); // must not strike later
  }
  BOOST_TEST(!blocked(SIGTERM));
  struct sigaction action {};
  sigaction(SIGPIPE, nullptr, &action);
  BOOST_TEST(action.sa_handler != SIG_IGN);
}

BOOST_AUTO_TEST_SUITE_END()
