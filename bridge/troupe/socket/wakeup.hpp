// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <atomic>

namespace troupe {

/// Makes a thread's `poll` return. One thread sleeps, any thread fires.
///
/// The sleeper calls `arm`, looks once more whether there is something to do,
/// polls, and calls `disarm`. Whoever brings something to do makes it visible
/// first and fires then. So none gets lost, and a thread that is awake costs
/// the others one load instead of a system call.
class wakeup {
public:
  wakeup();

  ~wakeup();

  wakeup(const wakeup&) = delete;
  wakeup& operator=(const wakeup&) = delete;

  /// Readable after `fire`.
  int fd() const noexcept {
    return fd_;
  }

  /// Wakes the sleeper, if there is one.
  void fire() noexcept;

  /// Announces that the caller is about to sleep.
  void arm() noexcept;

  /// Announces that the caller is awake. `fired` tells whether `poll` found
  /// `fd` readable, which ends here.
  void disarm(bool fired) noexcept;

private:
  int fd_;
  std::atomic<bool> asleep_{false};
};

} // namespace troupe
