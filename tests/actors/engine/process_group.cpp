// SPDX-License-Identifier: BSL-1.0

#include "troupe/engine/process_group.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <functional>
#include <sys/wait.h>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace troupe;

namespace {

/// Runs `body` in a process of its own that leads a process group, with a pipe
/// on which each process of the group tells that it is there, by being one of
/// its writers.
class group {
public:
  explicit group(std::function<void()> body, bool leads = true) {
    BOOST_REQUIRE(pipe(ends_) == 0);
    leader = fork();
    BOOST_REQUIRE(leader >= 0);
    if (leader == 0) {
      close(ends_[0]);
      if (leads)
        setpgid(0, 0);
      writer_ = ends_[1];
      body();
      _exit(99);
    }
    close(ends_[1]);
  }

  ~group() {
    kill(leader, SIGKILL);
    close(ends_[0]);
  }

  /// In the child: says that it is about to wait for something.
  static void ready() {
    char byte = 'x';
    if (write(writer_, &byte, 1) != 1)
      _exit(98);
  }

  /// In the child: starts a process that sleeps for ever, with SIGTERM's
  /// handler as it is here.
  static pid_t start_sleeper() {
    auto pid = fork();
    if (pid == 0) {
      ready();
      for (;;)
        pause();
    }
    return pid;
  }

  /// Waits until `n` processes said that they are ready.
  void await_ready(int n) {
    for (char byte = 0; n > 0; --n)
      BOOST_REQUIRE(read(ends_[0], &byte, 1) == 1);
  }

  /// Waits until no process of the group is left.
  bool gone() {
    char byte = 0;
    return read(ends_[0], &byte, 1) == 0;
  }

  /// Waits for the leader and returns how it ended, as a shell tells.
  int status() {
    int result = 0;
    BOOST_REQUIRE(waitpid(leader, &result, 0) == leader);
    return WIFEXITED(result) ? WEXITSTATUS(result) : 128 + WTERMSIG(result);
  }

  pid_t leader;

private:
  int ends_[2];
  static inline int writer_ = -1;
};

} // namespace

BOOST_AUTO_TEST_SUITE(process_group_suite)

BOOST_AUTO_TEST_CASE(sigterm_kills_the_whole_group) {
  group x{[] {
    handle_end_signals(false);
    group::start_sleeper();
    group::start_sleeper();
    for (;;)
      pause();
  }};
  x.await_ready(2);
  kill(x.leader, SIGTERM);
  BOOST_TEST(x.status() == 128 + SIGKILL);
  BOOST_TEST(x.gone());
}

BOOST_AUTO_TEST_CASE(sigterm_ends_only_itself_if_it_leads_no_group) {
  group x{[] {
            handle_end_signals(false);
            group::ready();
            for (;;)
              pause();
          },
          false};
  x.await_ready(1);
  kill(x.leader, SIGTERM);
  BOOST_TEST(x.status() == 128 + SIGTERM);
}

BOOST_AUTO_TEST_CASE(sigint_does_nothing) {
  group x{[] {
    handle_end_signals(false);
    kill(getpid(), SIGINT);
    _exit(5);
  }};
  BOOST_TEST(x.status() == 5);
}

BOOST_AUTO_TEST_CASE(the_rest_of_the_group_is_killed_and_itself_is_not) {
  group x{[] {
    for (auto i = 0; i < 3; ++i)
      group::start_sleeper();
    group::ready();
    kill_rest_of_group();
    _exit(0);
  }};
  x.await_ready(1);
  BOOST_TEST(x.status() == 0);
  while (!x.gone())
    ; // what sleepers said before they died
}

BOOST_AUTO_TEST_CASE(nobody_is_killed_by_one_who_leads_no_group) {
  group x{[] {
            kill_rest_of_group();
            _exit(4);
          },
          false};
  BOOST_TEST(x.status() == 4);
}

BOOST_AUTO_TEST_CASE(a_guard_ends_a_process_that_does_not) {
  group x{[] {
    group::start_sleeper();
    exit_guard guard;
    guard.arm(3, 50ms);
    for (;;)
      pause();
  }};
  BOOST_TEST(x.status() == 3);
  while (!x.gone())
    ; // what the sleeper said before it died
}

BOOST_AUTO_TEST_CASE(a_guard_that_is_gone_ends_nothing) {
  exit_guard never_armed;
  {
    exit_guard guard;
    guard.arm(3, 1h);
    guard.arm(4, 1h); // the first counts
  }
  BOOST_TEST(true);
}

BOOST_AUTO_TEST_SUITE_END()
