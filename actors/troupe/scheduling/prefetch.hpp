// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/limits.hpp"
#include "troupe/scheduling/load_limit.hpp"

#include <chrono>
#include <cstdint>

namespace troupe {

/// Decides how many tasks one engine may have outstanding (its hwm): enough
/// that it need not wait for the next one, and no more, since a task that is
/// handed out cannot go to an engine that becomes free earlier.
class prefetch {
public:
  /// Work that waits in an engine while it runs a task.
  static constexpr auto budget = std::chrono::nanoseconds{8'000'000};

  /// Tasks that take at most this long go out in groups that fill the budget
  /// once more: one message with several tasks costs both sides little more
  /// than one with a single task.
  static constexpr auto longest_in_groups = std::chrono::milliseconds{2};

  /// A round trip that takes a smaller part of the time of a task may be spent
  /// idle.
  static constexpr auto negligible = 0.01;

  /// Tasks that take this long or longer never wait in an engine.
  static constexpr auto longest_to_wait = std::chrono::milliseconds{100};

  /// The hwm before the first result: a second task might wait behind a long
  /// one.
  static constexpr std::uint32_t initial_hwm = 1;

  /// @param hwm is a fixed number of tasks, or 0 for one that adapts.
  explicit prefetch(std::uint32_t hwm) : fixed_(hwm) {
    // nop
  }

  /// Learns how long a task took.
  void record(std::uint64_t run_ns) noexcept;

  /// Learns how long an idle engine took to answer a task, less the run.
  void record_round_trip(std::chrono::nanoseconds x) noexcept;

  /// One task to run, and as many to wait as fill the budget, at most
  /// `limits::max_auto_hwm` in all. Of tasks that go out in groups, twice as
  /// many, but only when the engine is down to what fills the budget once. If
  /// tasks take as long as the budget or longer, one may wait unless the round
  /// trip is negligible.
  load_limit limit() const noexcept;

private:
  /// Tasks that may wait in the engine if they take longer than the budget.
  std::uint32_t long_ones_waiting() const noexcept;

  std::uint32_t fixed_;
  bool known_ = false;
  double average_ns_ = 0;
  double round_trip_ns_ = 0; // the average; 0 = not known
};

} // namespace troupe
