// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <unordered_set>

namespace troupe {

/// Which task of an engine runs, which are cancelled, and how long the running
/// one may take. One thread runs tasks, any thread controls them; while nobody
/// does, a task costs two stores and two loads.
class task_control {
public:
  using clock = std::chrono::steady_clock;

  // -- any thread -------------------------------------------------------------

  /// Leaves tasks out that did not begin, also such that come later.
  /// @param stop asks the one that runs to stop
  /// @returns whether one of them runs
  bool revoke(std::span<const std::uint64_t> keys, bool stop);

  /// Asks the task that runs to stop, if it is this one.
  void stop(std::uint64_t key);

  /// Asks whatever runs to stop.
  void stop_all();

  /// The key of the task that runs, or 0.
  std::uint64_t current() const noexcept {
    return current_;
  }

  struct deadline {
    std::uint64_t key = 0;
    clock::time_point at{};
  };

  /// When the time of the running task is over, if it has a limit.
  std::optional<deadline> running_limit() const;

  /// Whether it is.
  bool time_is_over() const {
    auto limit = running_limit();
    return limit && limit->at <= clock::now();
  }

  /// Notes when somebody will look at the limit, if that is planned.
  void look_planned(std::optional<clock::time_point> at);

  // -- the running thread -----------------------------------------------------

  /// Begins a task. Returns `false` if it is cancelled.
  bool begin(std::uint64_t key) {
    current_ = key;
    return !busy_ || begin_slowly(key);
  }

  /// Limits the task that began. Returns whether somebody has to plan a look.
  bool limit(clock::time_point at);

  void end() {
    auto key = current_.exchange(0);
    if (busy_)
      end_slowly(key);
  }

  /// What the token of the running task belongs to.
  const std::stop_source& source() const noexcept {
    return source_;
  }

private:
  bool begin_slowly(std::uint64_t key);
  void end_slowly(std::uint64_t key);

  std::atomic<std::uint64_t> current_{0};
  std::atomic<bool> busy_{false}; // somebody controls something

  mutable std::mutex mutex_; // protects all below
  std::unordered_set<std::uint64_t> revoked_;
  clock::time_point revoked_at_{};
  std::optional<deadline> limit_;
  std::optional<clock::time_point> look_at_;
  std::stop_source source_; // replaced by the running thread alone
};

} // namespace troupe
