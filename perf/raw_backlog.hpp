// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/compete.hpp"
#include "raw_device.hpp"

#include <cstddef>
#include <functional>

namespace troupe::perf {

/// A queue of constant length: for each answer that comes a new task goes.
struct backlog_job {
  /// Tasks that are out.
  std::size_t queued = 0;

  /// Bytes per task.
  std::size_t size = 0;

  /// Answers before the measured ones.
  std::size_t warm_up = 0;

  /// Answers that are measured.
  std::size_t tasks = 0;

  std::size_t total() const noexcept {
    return queued + warm_up + tasks;
  }
};

/// Returns a run with a plain client of `device`, whose workers are stopped
/// until all tasks of the queue are sent. It throws `std::runtime_error` if an
/// answer is wrong, is missing or comes twice.
/// @param device outlives the result.
std::function<measurement()> raw_backlog(const raw_device& device,
                                         const backlog_job& job);

} // namespace troupe::perf
