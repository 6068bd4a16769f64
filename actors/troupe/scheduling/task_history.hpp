// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/ids.hpp"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace troupe {

struct task;

/// Finds a client's tasks by their numbers: all that have not ended, and how
/// the latest ones ended. A ring, so that a task costs one write when it comes
/// and one when it goes.
class task_history {
public:
  enum class stage : std::uint8_t {
    /// Nobody submitted it, or it was refused.
    unknown,
    /// It ended too long ago.
    forgotten,
    live,
    succeeded,
    failed,
  };

  struct record {
    stage now = stage::unknown;
    /// Who ran it last, if it ended.
    engine_id engine = no_engine;
    /// The task, if it is live.
    task* live = nullptr;
  };

  /// @param limit is the number of latest tasks to know, at least 1.
  explicit task_history(std::uint32_t limit) : limit_(limit) {
    // nop
  }

  /// Adds a live task. Numbers ascend.
  void add(task_number number, task& x);

  /// Notes how a task ended.
  void end(task_number number, bool succeeded, engine_id engine);

  record find(task_number number) const;

  /// Tasks that are remembered at most, for now: grows up to the limit.
  std::size_t capacity() const noexcept {
    return ring_.size();
  }

private:
  struct entry {
    task_number number = 0;
    task* live = nullptr;
    engine_id engine = no_engine;
    bool succeeded = false;
  };

  void grow();

  entry& at(task_number number) {
    return ring_[number % ring_.size()];
  }

  std::uint32_t limit_;
  task_number last_ = 0;
  std::vector<entry> ring_;
  /// Live tasks whose place in the ring a later one has taken.
  std::unordered_map<task_number, task*> old_;
};

} // namespace troupe
