// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/limits.hpp"

#include <chrono>
#include <cstdint>

namespace troupe {

/// Decides how many tasks one engine may have outstanding (its hwm): enough
/// that it need not wait for the next one, and no more, since a task that is
/// handed out cannot go to an engine that becomes free earlier.
class prefetch {
public:
  /// Work that waits in an engine while it runs a task.
  static constexpr auto budget = std::chrono::nanoseconds{2'000'000};

  /// The hwm before the first result: a second task might wait behind a long
  /// one.
  static constexpr std::uint32_t initial_hwm = 1;

  /// @param hwm is a fixed number of tasks, or 0 for one that adapts.
  explicit prefetch(std::uint32_t hwm) : fixed_(hwm) {
    // nop
  }

  /// Learns how long a task took.
  void record(std::uint64_t run_ns) noexcept;

  /// One task to run, and as many to wait as fill the budget: none if tasks
  /// take that long or longer, and at most `limits::max_auto_hwm` in all.
  std::uint32_t hwm() const noexcept;

private:
  std::uint32_t fixed_;
  bool known_ = false;
  double average_ns_ = 0;
};

} // namespace troupe
