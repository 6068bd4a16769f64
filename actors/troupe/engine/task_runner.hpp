// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/engine/batch_cursor.hpp"
#include "troupe/engine/function_registry.hpp"
#include "troupe/engine/task_caller.hpp"
#include "troupe/engine/task_control.hpp"
#include "troupe/protocol/pack.hpp"
#include "troupe/protocol/read.hpp"

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace troupe {

/// Who sent a task, and gets its result.
enum class task_source : std::uint8_t {
  /// The task scheduler.
  balanced,
  /// The direct scheduler: goes before all balanced tasks that wait.
  direct,
};

/// Runs tasks on the one thread that calls `run`, and nothing else does user
/// code ever touch: so heartbeats and control never wait for it.
///
/// Waking the taker of results costs more than a hundred tiny tasks, and with
/// all that follows from it up to a tenth of a task of 1 ms. So the runner
/// wakes it at the end of each dispatch, after each task of `long_run` or more,
/// after the first short task behind such a one, and when the last time was
/// `flush_interval` ago. Other results are held back: they can be taken, but
/// nobody is told. If a long task follows, they would wait for its end. Whoever
/// takes results therefore looks again on its own, `look_again` later:
///
///  * after `dispatch` and `take_results` if what they return says so, but
///  * not if `current` is one and the same task before and after the pause: it
///    is a long one, and its end wakes.
class task_runner {
public:
  using clock = std::chrono::steady_clock;

  /// A task that takes this long has its result announced at once.
  static constexpr auto long_run = std::chrono::milliseconds{4};

  /// When to look for results that were held back.
  static constexpr auto look_again = std::chrono::milliseconds{10};

  /// Results of tasks that take `run` each are announced together this often:
  /// after 32 of them, but neither so often that tiny ones pay for it, nor so
  /// rarely that somebody would notice.
  static constexpr clock::duration flush_interval(clock::duration run) {
    return std::clamp<clock::duration>(32 * run, std::chrono::microseconds{500},
                                       long_run);
  }

  /// @param wake is called, from the running thread, when results are ready
  ///        and none were announced since the last `take_results`.
  task_runner(const function_registry& functions, std::function<void()> wake);

  // -- any thread -------------------------------------------------------------

  /// Queues the tasks of a verified `Dispatch`. Fails if it is none, or if its
  /// ranges make no sense. Its results are for its peer, which is nobody unless
  /// it came through a device.
  /// @returns whether results may be held back.
  caf::expected<bool> dispatch(message_view batch,
                               task_source from = task_source::balanced);

  struct results {
    /// For the task scheduler, or whoever `dispatch` named as the peer.
    std::vector<multipart> messages;
    /// For the direct scheduler.
    std::vector<multipart> direct;
    /// Whether further ones may be held back.
    bool look_again = false;
  };

  /// Takes the results that are ready.
  results take_results();

  /// Takes up to `count` balanced tasks back that did not begin, the last ones
  /// first, and adds `Skipped` for each to the results that are ready.
  void give_back(std::uint32_t count);

  /// Drops what is queued; the running task goes on, and its result with
  /// those of earlier batches is dropped, too. For engines that were given up.
  void clear();

  /// Makes `run` return after the current task.
  void stop();

  /// Sets the engine's name, for the sentences of failures, and the number that
  /// results carry: schedulers know it, and need none.
  void name(std::string engine, engine_id number = no_engine);

  /// All functions that tasks may call.
  const function_registry& functions() const noexcept {
    return functions_;
  }

  /// Tasks that wait, and tasks done so far.
  std::uint32_t queued() const noexcept {
    return queued_;
  }

  std::uint64_t done() const noexcept {
    return done_;
  }

  /// The key of the task that runs now, or 0.
  std::uint64_t current() const noexcept {
    return control_.current();
  }

  /// Cancels tasks, and limits the time of the one that runs. Keys of the
  /// direct scheduler stand there as `direct_key`.
  task_control& control() noexcept {
    return control_;
  }

  /// Ends the running task, if it is `key`, as far as others can see: adds a
  /// result to those that are ready. Nothing that ends later has one. For
  /// engines whose process ends.
  /// @returns whether that task was running
  bool abandon(std::uint64_t key, wire::Outcome outcome, const failure& why);

  // -- the running thread -----------------------------------------------------

  /// Runs tasks until `stop`.
  void run();

  /// Runs the tasks of the next dispatch, if there is one, without waiting.
  /// @returns whether there was one.
  bool run_next();

private:
  struct job {
    message_view message;
    task_batch_view tasks; // lies in the message
    std::span<const wire::RunLimit> limits;
    std::uint64_t generation;
    task_source source;
  };

  /// What waits, and what is to be sent, per source.
  struct queue {
    std::deque<job> jobs;
    std::vector<multipart> finished; // messages that are full
    result_batch_builder open{batch_kind::results};
    routing_id peer; // who gets what is open

    /// Finishes the open message.
    void close();

    /// Returns all results.
    std::vector<multipart> take();
  };

  queue& of(task_source x) noexcept {
    return queues_[static_cast<std::size_t>(x)];
  }

  bool run_next(task_source from);

  /// Runs what waits for its turn before the next balanced task.
  /// @returns whether there was something.
  bool run_direct();

  void run_batch(const job& work, batch_cursor& cursor);

  /// Adds `Skipped` for each. With the mutex held.
  void skip(std::span<const wire::TaskEntry> tasks);

  /// Whether a task was handed out early, and the one that was handed out right
  /// before it did not run here, or did not end well.
  bool too_early(const job& work, const wire::TaskEntry& task) const;

  /// Runs a task, unless it is cancelled or has to be skipped.
  wire::Outcome run_task(const job& work, const wire::TaskEntry& task,
                         std::span<const wire::RunLimit>& limits,
                         clock::time_point now);

  /// Adds the caller's result and wakes the taker if that is `urgent` or due,
  /// or if no task of the batch is left.
  void report(const job& work, const batch_cursor& cursor,
              wire::ResultEntry result, clock::time_point now, bool urgent);

  /// Whether the last task was a short one, or none ran yet.
  bool runs_short_tasks() const noexcept {
    return short_tasks_;
  }

  const function_registry& functions_;
  std::function<void()> wake_;
  task_caller caller_; // of the running thread
  task_control control_;
  /// The key of the last balanced task if it ended well, or 0. Of the running
  /// thread.
  std::uint64_t last_good_ = 0;
  engine_id runs_as_ = no_engine; // of the running thread

  std::atomic<std::uint32_t> queued_{0};
  std::atomic<std::uint64_t> done_{0};
  std::atomic<bool> short_tasks_{true};
  std::atomic<bool> stopped_{false};

  /// Who sent the task that runs. Of the running thread; others look at it
  /// while that cannot report the task.
  std::atomic<task_source> source_{task_source::balanced};

  /// Whether direct jobs wait. Changes under the mutex.
  std::atomic<bool> direct_{false};

  /// Counts calls of `clear`. Changes under the mutex.
  std::atomic<std::uint64_t> generation_{0};

  std::mutex mutex_; // protects all below
  std::condition_variable changed_;
  std::array<queue, 2> queues_;
  /// The balanced tasks that run now, if any.
  const job* running_ = nullptr;
  batch_cursor* cursor_ = nullptr;
  std::string name_;
  engine_id number_ = no_engine;
  bool announced_ = false;
  clock::time_point last_flush_{};
};

} // namespace troupe
