// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/buffer.hpp"
#include "troupe/client/error.hpp"
#include "troupe/codec/codec.hpp"
#include "troupe/ids.hpp"
#include "troupe/protocol/control.hpp"
#include "troupe/protocol/pack.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

using duration = std::chrono::nanoseconds;

/// A wait without a limit.
inline constexpr duration forever = duration::max();

/// How one task ended. Refers to the message it came in.
struct task_outcome {
  enum class status : std::uint8_t {
    pending,
    ok,
    /// `bytes` holds a failure.
    failed,
    aborted,
    timed_out,
    impossible,
    engine_lost,
    /// The cluster is gone: nobody will ever report the task.
    no_cluster,
  };

  status state = status::pending;
  std::uint8_t attempts = 0;
  engine_id engine = no_engine;
  std::uint64_t started_ns = 0;
  std::uint64_t run_ns = 0;
  /// The encoded result, or the failure.
  buffer bytes;
  std::vector<buffer> frames;
};

/// The results of one `apply` or `map`: `size()` outcomes that arrive in any
/// order, each once. Thread-safe.
class task_group {
public:
  using clock = std::chrono::steady_clock;

  task_group(std::size_t size, std::string function);

  std::size_t size() const noexcept {
    return size_;
  }

  const std::string& function() const noexcept {
    return function_;
  }

  /// Says that its calls name their engines. Before they are submitted.
  void name_engines() noexcept {
    names_engines_ = true;
  }

  /// Whether its calls name their engines. These are numbered on their own, and
  /// have nothing to do with what other tasks wait for.
  bool names_engines() const noexcept {
    return names_engines_;
  }

  // -- for the client actor ---------------------------------------------------

  /// Sets the number of the first task, and whose it is; the others follow.
  void number(task_number first, client_id client = {});

  /// The number of the first task, or 0 if it was not submitted yet.
  task_number first_number() const noexcept {
    return first_number_;
  }

  /// What people call a task: `3/17`. Number 0 if it was not submitted yet.
  task_id id(std::size_t index) const noexcept {
    auto first = first_number();
    if (first == 0)
      return {client_.load(), 0};
    auto number = first + index;
    return {client_.load(), names_engines() ? number | direct_number : number};
  }

  /// Stores outcomes and wakes those who waited for just these. Outcomes that
  /// are there already, or out of range, are ignored; returns how many were
  /// stored.
  std::size_t complete(std::span<std::pair<std::size_t, task_outcome>> xs);

  /// Ends all pending tasks with `state` and a sentence.
  void fail_pending(task_outcome::status state, const std::string& sentence);

  // -- for users --------------------------------------------------------------
  //
  // Numbers out of range throw `error` with `usage`.

  /// Waits until outcome `index` is there. Returns `false` if `limit` is over.
  bool wait(std::size_t index, duration limit) const;

  /// Waits until all are there.
  bool wait_all(duration limit) const;

  /// Waits until `count` are there, in any order.
  bool wait_count(std::size_t count, duration limit) const;

  /// Throws unless tasks from `first` on can be cancelled.
  void check_cancel(std::size_t first) const;

  bool ready(std::size_t index) const;
  std::size_t done() const;
  std::size_t failed() const;

  /// What people call a task, as soon as it has a number: that takes the time
  /// that the session needs to see the call. Number 0 if it ended without one,
  /// or if `limit` is over.
  task_id wait_id(std::size_t index, duration limit) const;

  /// Number of the task that ended as the `n`th; it must have ended.
  std::size_t completed(std::size_t n) const;

  /// The outcome of a task that ended. Stays valid and unchanged.
  const task_outcome& at(std::size_t index) const;

  /// The error of a task that ended otherwise than `ok`.
  error error_of(std::size_t index) const;

  clock::time_point submitted() const noexcept {
    return submitted_;
  }

  /// When the last outcome came; now while some are pending.
  clock::time_point finished() const;

  /// Sum of the run times of all tasks that ended.
  duration serial_time() const;

private:
  struct waiter;

  bool wait(waiter& self, duration limit) const;
  bool satisfies(const waiter& x) const;
  void store(std::size_t index, task_outcome&& outcome);
  void wake_satisfied();
  void check_index(std::size_t index) const;

  std::size_t size_;
  std::string function_;
  std::atomic<bool> names_engines_{false};
  std::atomic<client_id> client_{};
  std::atomic<task_number> first_number_{0};
  clock::time_point submitted_;
  mutable std::mutex mutex_;
  mutable std::vector<waiter*> waiters_;
  std::vector<task_outcome> outcomes_;
  std::vector<std::uint32_t> order_;
  std::size_t failed_ = 0;
  std::uint64_t run_ns_ = 0;
  clock::time_point finished_;
};

using task_group_ptr = std::shared_ptr<task_group>;

/// Says what an outcome other than `ok` of a task of `function` means for
/// people: what happened, and what to try next.
error error_of(const task_outcome& outcome, const std::string& function);

/// Type of a failure that arises in this process, because an argument exceeds
/// a limit.
inline constexpr const char* too_large_failure = "too_large";

/// A task of the same session, or an engine if there is no group.
struct call_reference {
  task_group_ptr group;
  std::uint64_t value = 0;

  /// What stands for it on the wire. Groups have to be numbered.
  std::uint64_t number() const noexcept {
    return group != nullptr ? group->first_number() + value : value;
  }
};

/// What calls demand besides an engine that knows their function.
struct call_demands {
  task_demand header;
  std::vector<call_reference> references;
  resources needs;
};

/// Which engines run calls, if these name them.
struct cast_plan {
  /// Numbers of engines.
  std::vector<std::uint32_t> engines;

  /// The engine of each call, as its place in `engines`. Empty: all engines run
  /// each call.
  std::vector<std::uint32_t> places;

  /// See `wire::CastEntry`.
  std::uint32_t item_size = 0;
  std::uint8_t flags = 0;

  /// Results per call.
  std::size_t fan() const noexcept {
    return places.empty() ? engines.size() : 1;
  }

  /// The engines of call `n`.
  std::span<const std::uint32_t> engines_of(std::size_t n) const noexcept {
    return places.empty() ? std::span{engines}
                          : std::span{engines}.subspan(places[n], 1);
  }
};

/// Encoded arguments of many calls of one function, in one arena.
struct encoded_calls {
  struct call {
    std::size_t offset;
    std::size_t size;
    std::size_t first_frame;
    std::size_t frames;
  };

  function_id function{};
  std::uint64_t signature = 0;
  /// Arguments are a vector of strings, see `function_info::invoke_text`.
  bool text = false;
  std::uint8_t attempts = 3;
  std::uint8_t retries = 0;
  std::int8_t priority = 0;
  /// Null if they demand nothing.
  std::shared_ptr<const call_demands> demands;
  /// Null if any engine will do.
  std::shared_ptr<const cast_plan> cast;
  std::vector<call> calls;
  std::vector<std::byte> arena;
  std::vector<buffer> frames;

  /// Appends a call whose arguments `write(encoder&)` writes.
  template <class Writer>
  void add(Writer write) {
    call x{arena.size(), 0, frames.size(), 0};
    encoder out{arena, frames};
    write(out);
    x.size = arena.size() - x.offset;
    x.frames = frames.size() - x.first_frame;
    calls.push_back(x);
  }
};

} // namespace troupe
