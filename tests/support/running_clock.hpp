// SPDX-License-Identifier: BSL-1.0

#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace troupe::test {

/// Counts the time during which this process got to run, in steps of 10 ms, by
/// a thread that sleeps and counts. What a busy machine gives to others does
/// not count, nor does the time while the process is stopped: for tests of how
/// soon something happens.
class running_clock {
public:
  using duration = std::chrono::milliseconds;

  running_clock();

  ~running_clock();

  running_clock(const running_clock&) = delete;

  running_clock& operator=(const running_clock&) = delete;

  /// Returns the time since the last `restart`, or else since the start. Any
  /// thread may ask.
  duration elapsed() const noexcept {
    return (ticks_.load() - start_.load()) * tick;
  }

  void restart() noexcept {
    start_ = ticks_.load();
  }

private:
  static constexpr duration tick{10};

  void run();

  std::atomic<long> ticks_{0};
  std::atomic<long> start_{0};
  std::mutex mutex_;
  std::condition_variable ended_;
  bool end_ = false;
  std::thread thread_; // last: it uses all others
};

} // namespace troupe::test
