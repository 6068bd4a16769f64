// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/ids.hpp"
#include "troupe/protocol/read.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace troupe {

struct client_record;
struct engine_record;
struct dependent;
struct task;
struct task_demands;
struct task_line;

/// A `Submit` as it was received. All tasks of the batch share it and read
/// their arguments where they lie.
struct submission {
  message_view message;
  task_batch_view tasks;
};

enum class task_state : std::uint8_t {
  /// The slot is not in use.
  none,
  /// Waits for other tasks, or for its time.
  held,
  /// Waits for an engine, in a line.
  queued,
  /// Was sent to an engine that has not answered yet.
  dispatched,
};

/// A task's place in an intrusive list.
struct task_links {
  task* previous = nullptr;
  task* next = nullptr;
};

/// A task from its acceptance to its report. Nothing is allocated per task,
/// unless it demands something.
struct task {
  task();
  task(task&&) noexcept;
  task& operator=(task&&) noexcept;
  ~task();

  /// Arguments and requirements, as the client sent them.
  const wire::TaskEntry& entry() const noexcept {
    return batch->tasks.entries[index];
  }

  /// Payload of the arguments.
  std::span<const buffer> frames() const noexcept {
    return batch->tasks.frames_of(entry());
  }

  /// Small arguments.
  std::span<const std::byte> inline_bytes() const noexcept {
    return batch->tasks.bytes_of(entry());
  }

  std::shared_ptr<const submission> batch;

  /// What it demands besides an engine that knows its function, or null.
  std::unique_ptr<task_demands> demands;

  /// Who waits for its end, or null.
  std::unique_ptr<std::vector<dependent>> dependents;

  /// Place in a line if queued, among the engine's tasks if dispatched, among
  /// all held ones if held.
  task_links place;

  /// Place among the client's tasks.
  task_links siblings;

  /// Whose task it is; null if that client is lost.
  client_record* client = nullptr;

  /// Who runs it, if it is dispatched.
  engine_record* engine = nullptr;

  /// Where it waits, if it is queued.
  task_line* line = nullptr;

  /// Place in the order in which tasks became ready to run.
  std::uint64_t sequence = 0;

  /// When it was accepted.
  std::chrono::steady_clock::time_point accepted{};

  /// Size of all arguments.
  std::uint64_t bytes = 0;

  /// The batch's entry.
  std::uint32_t index = 0;

  // The key of the current attempt.
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;

  /// Attempts so far.
  std::uint16_t attempts = 0;

  /// Engines that may still be lost while they run it.
  std::uint8_t losses_left = 0;

  /// Errors after which it still runs again.
  std::uint8_t retries_left = 0;

  /// Higher ones go first.
  std::int8_t priority = 0;

  task_state state = task_state::none;

  /// It does not run again, whatever happens.
  bool cancelled = false;
};

/// A list of tasks that uses their own links. Tasks keep their order.
template <task_links task::*Links>
class task_list {
public:
  bool empty() const noexcept {
    return size_ == 0;
  }

  std::size_t size() const noexcept {
    return size_;
  }

  task* front() const noexcept {
    return front_;
  }

  task* back() const noexcept {
    return back_;
  }

  static task* previous(const task& x) noexcept {
    return (x.*Links).previous;
  }

  static task* next(const task& x) noexcept {
    return (x.*Links).next;
  }

  void push_back(task& x) noexcept {
    insert(nullptr, x);
  }

  /// Inserts `x` before `position`, or at the end if that is null.
  void insert(task* position, task& x) noexcept {
    auto& links = x.*Links;
    links.next = position;
    links.previous = position != nullptr ? (position->*Links).previous : back_;
    (links.previous != nullptr ? (links.previous->*Links).next : front_) = &x;
    (position != nullptr ? (position->*Links).previous : back_) = &x;
    ++size_;
  }

  void erase(task& x) noexcept {
    auto& links = x.*Links;
    (links.previous != nullptr ? (links.previous->*Links).next
                               : front_) = links.next;
    (links.next != nullptr ? (links.next->*Links).previous
                           : back_) = links.previous;
    links = {};
    --size_;
  }

private:
  task* front_ = nullptr;
  task* back_ = nullptr;
  std::size_t size_ = 0;
};

/// Owns all tasks and names each attempt by a key that is never used again
/// (not within 2^32 attempts of one slot), so that late answers are recognised.
class task_table {
public:
  /// Returns a new task. It stays where it is until `release`.
  task& make();

  /// Ends a task. Its memory serves the next one.
  void release(task& x) noexcept;

  /// Begins another attempt and returns its key.
  std::uint64_t next_key(task& x) noexcept {
    ++x.generation;
    return key_of(x);
  }

  /// Returns the key of the current attempt.
  static std::uint64_t key_of(const task& x) noexcept {
    return std::uint64_t{x.generation} << 32 | x.slot;
  }

  /// Returns the dispatched task whose current attempt has this key, or null.
  task* find(std::uint64_t key) noexcept;

  /// Tasks in use.
  std::size_t size() const noexcept {
    return used_;
  }

  /// Slots in use and free: the most tasks that were in use at a time.
  std::size_t capacity() const noexcept {
    return slots_;
  }

private:
  static constexpr std::size_t chunk_size = 1024;

  std::vector<std::unique_ptr<task[]>> chunks_;
  task* free_ = nullptr; // linked by `place.next`
  std::size_t slots_ = 0;
  std::size_t used_ = 0;
};

} // namespace troupe
