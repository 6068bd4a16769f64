// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

/// How an engine's process ends: with everything that its tasks started.
namespace troupe {

/// Makes SIGTERM kill this process, and its whole group if it leads one. Makes
/// SIGINT do the same `at_terminal`, else nothing, but leaves its default to
/// programs started from here.
void handle_end_signals(bool at_terminal);

/// Kills all other processes of the group that this process leads. Does
/// nothing if it leads none.
void kill_rest_of_group();

/// Ends the process by force when user code or destructors do not return.
class exit_guard {
public:
  exit_guard() = default;

  exit_guard(const exit_guard&) = delete;

  exit_guard& operator=(const exit_guard&) = delete;

  /// Disarms the guard.
  ~exit_guard();

  /// Kills the group and exits with `status` unless the guard is destroyed
  /// within `grace`. May be called once, by any thread.
  void arm(int status, std::chrono::milliseconds grace);

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool over_ = false;
  std::thread thread_;
};

} // namespace troupe
