// SPDX-License-Identifier: BSL-1.0

#include "cli/stop_event.hpp"

#include <boost/test/unit_test.hpp>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace troupe::apps;

namespace {

/// Runs `f` in a child process and returns its wait status.
template <class F>
int in_child(F f) {
  auto pid = fork();
  if (pid == 0)
    _exit(f());
  auto status = 0;
  waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace

BOOST_AUTO_TEST_SUITE(stop_event_suite)

BOOST_AUTO_TEST_CASE(stays_raised) {
  stop_event x;
  BOOST_TEST(!x.raised());
  x.raise();
  x.raise();
  BOOST_TEST(x.raised());
  BOOST_TEST(x.raised());
}

BOOST_AUTO_TEST_CASE(turns_the_first_signal_into_an_event) {
  auto status = in_child([] {
    stop_event x;
    interrupt_scope scope{x};
    kill(getpid(), SIGINT);
    return x.raised() && interrupt_scope::received() == SIGINT ? 7 : 8;
  });
  BOOST_TEST(status == 7);
}

BOOST_AUTO_TEST_CASE(ends_the_process_at_the_second_signal) {
  auto status = in_child([] {
    stop_event x;
    interrupt_scope scope{x};
    kill(getpid(), SIGTERM);
    kill(getpid(), SIGINT);
    return 7;
  });
  BOOST_TEST(status == interrupted(SIGINT));
}

BOOST_AUTO_TEST_CASE(restores_what_signals_did_before) {
  auto status = in_child([] {
    {
      stop_event x;
      interrupt_scope scope{x};
    }
    kill(getpid(), SIGTERM);
    return 7;
  });
  BOOST_TEST(status == 128 + SIGTERM);
}

BOOST_AUTO_TEST_SUITE_END()
