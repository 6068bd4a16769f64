// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/task_group.hpp"
#include "troupe/protocol/control.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <utility>
#include <vector>

namespace troupe {

/// What became of tasks that somebody wanted to cancel. Each is counted once.
struct cancelled_tasks {
  /// They had not begun, and ended as `cancelled`.
  std::uint64_t dequeued = 0;
  /// They are with an engine, which leaves them out if they have not begun;
  /// unless the mode was `dequeue`, those that have are asked to stop.
  std::uint64_t asked = 0;
  /// They are with an engine, whose process ends if they have begun.
  std::uint64_t killed = 0;
  /// They had ended before.
  std::uint64_t done = 0;

  friend bool operator==(const cancelled_tasks&,
                         const cancelled_tasks&) = default;
};

/// The answer to a cancel, now or later. Dropping it changes nothing. A cheap
/// handle. Thread-safe as long as each thread has its own copy.
class cancellation {
public:
  explicit cancellation(std::shared_future<cancelled_tasks> answer)
    : answer_(std::move(answer)) {
    // nop
  }

  /// How long the hub waits for a scheduler's answer, and 10 s for the way.
  static constexpr duration patience = std::chrono::seconds{70};

  /// Waits for the answer. Throws `timed_out` if `limit` is over, `no_cluster`
  /// if the cluster is gone.
  cancelled_tasks get(duration limit = patience) const;

  bool ready() const;

private:
  std::shared_future<cancelled_tasks> answer_;
};

/// A wish of a user that waits for the client actor.
struct cancel_wish {
  task_group_ptr group;
  std::size_t first = 0;
  std::size_t count = 0;
  cancel_mode mode{};
  std::promise<cancelled_tasks> answer;
};

struct why_wish {
  task_id task;
  std::promise<std::vector<wait_report>> answer;
};

} // namespace troupe
