// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/scheduling/constraint_graph.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace troupe {

/// Remembers when waiting tasks are to be looked at again. Timers of tasks that
/// ended meanwhile are forgotten sooner or later.
class task_timers {
public:
  using time_point = task_demands::time_point;

  struct timer {
    time_point when{};
    task* who = nullptr;
    std::uint64_t id = 0;
  };

  void add(time_point when, task& x);

  /// Takes a timer that is due, if its task is still there.
  std::optional<timer> take(time_point now);

  /// When the next timer is due, or nothing.
  std::optional<time_point> next() const;

  std::size_t size() const noexcept {
    return timers_.size();
  }

private:
  void forget_ended();

  std::vector<timer> timers_; // a heap, the earliest at the front
  std::size_t limit_ = 1024;
};

} // namespace troupe
