// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <csignal>

namespace troupe::apps {

/// Tells all threads of a command to stop. Threads that wait for a file
/// descriptor wait for this one, too.
class stop_event {
public:
  stop_event();

  stop_event(const stop_event&) = delete;

  stop_event& operator=(const stop_event&) = delete;

  ~stop_event();

  /// Becomes readable, and stays so, when `raise` was called.
  int fd() const noexcept {
    return fd_;
  }

  /// May be called by a signal handler.
  void raise() noexcept;

  bool raised() const noexcept;

private:
  int fd_;
};

/// Turns the first Ctrl-C into a `stop_event`. The second one ends the process
/// at once; what it started ends by itself. One scope at a time.
class interrupt_scope {
public:
  explicit interrupt_scope(stop_event& event);

  interrupt_scope(const interrupt_scope&) = delete;

  interrupt_scope& operator=(const interrupt_scope&) = delete;

  ~interrupt_scope();

  /// The signal that came, SIGINT, SIGTERM or SIGHUP, or 0.
  static int received() noexcept;

private:
  struct sigaction before_[3];
};

/// Exit status of a command that a signal interrupted.
constexpr int interrupted(int signal) noexcept {
  return 128 + signal;
}

} // namespace troupe::apps
