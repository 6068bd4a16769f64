// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/ids.hpp"

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace troupe {

struct task;

/// Finds a client's tasks by their numbers: all that have not ended, and how
/// the latest ones ended. A ring, so that a task costs one write when it comes
/// and one when it goes: 16 bytes per place.
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

  /// Places for now. Grows up to the limit, rounded up to a power of two, and
  /// beyond only while half of all places hold live tasks.
  std::size_t capacity() const noexcept {
    return ring_.size();
  }

private:
  /// A task that is live, or how it ended.
  class entry {
  public:
    entry() = default;

    entry(task_number number, task& x)
      : number_(number), state_(reinterpret_cast<std::uintptr_t>(&x)) {
      // nop
    }

    entry(task_number number, bool succeeded, engine_id engine)
      : number_(number),
        state_(std::uintptr_t{value(engine)} << 2
               | std::uintptr_t{succeeded} << 1 | ended) {
      // nop
    }

    /// Returns 0 if the place was never taken.
    task_number number() const noexcept {
      return number_;
    }

    /// Returns null if the task ended.
    task* live() const noexcept {
      return (state_ & ended) != 0 ? nullptr : reinterpret_cast<task*>(state_);
    }

    /// Returns how the task ended.
    /// @pre it did
    record outcome() const noexcept {
      return {(state_ & 2) != 0 ? stage::succeeded : stage::failed,
              engine_id{static_cast<std::uint32_t>(state_ >> 2)}, nullptr};
    }

  private:
    static constexpr auto ended = std::uintptr_t{1};

    task_number number_ = 0;
    /// The address of a live task, which is even; else what `outcome` says.
    std::uintptr_t state_ = 0;
  };

  static_assert(sizeof(entry) == 16);

  /// Whether the ring is worth growing rather than to take the place of `x`.
  bool wants_room(const entry& x) const noexcept {
    return x.number() != 0
           && (ring_.size() < limit_
               || (x.live() != nullptr && 2 * live_ >= ring_.size()));
  }

  void grow();

  /// Moves a task to `old_` if it is live.
  void put_aside(const entry& x);

  entry& at(task_number number) {
    return ring_[number & (ring_.size() - 1)];
  }

  std::uint32_t limit_;
  std::size_t live_ = 0;
  task_number last_ = 0;
  task_number lost_ = 0;    // the highest one whose place another has taken
  std::vector<entry> ring_; // its size is a power of two
  /// Live tasks whose place in the ring a later one has taken.
  std::unordered_map<task_number, task*> old_;
};

} // namespace troupe
