// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/scheduling/engine_pool.hpp"

#include <cstdint>
#include <list>
#include <unordered_map>
#include <utility>
#include <vector>

namespace troupe {

/// Tasks that wait for the same kinds of engines, the oldest first.
struct task_line {
  engine_kinds kinds;
  task_list<&task::place> tasks;
  /// No engine takes the task at the front for now.
  bool blocked = false;
};

/// Pairs waiting tasks with joined engines: the oldest task first, and the
/// engine that placement names.
///
/// Tasks that the same kinds can run wait in one line. Usually there is one
/// kind and one line, so that nothing is looked up per task. Without any engine
/// all tasks wait in a line without kinds.
class task_queue {
public:
  /// The arguments are those of `engine_pool`.
  task_queue(const placement_scheme& scheme, std::uint64_t seed,
             std::uint64_t engine_bytes)
    : engines_(scheme, seed, engine_bytes) {
    // nop
  }

  // -- engines ----------------------------------------------------------------

  /// Gives an engine a place.
  /// @returns tasks that waited and that no engine knows how to run.
  std::vector<task*> join(engine_record& x);

  /// Takes an engine's place away. Its tasks are left to the caller.
  /// @returns tasks that waited and that no engine knows how to run.
  std::vector<task*> leave(engine_record& x);

  /// Whether any engine has a place.
  bool staffed() const noexcept {
    return engines_.staffed();
  }

  // -- tasks ------------------------------------------------------------------

  /// Puts a new task at the end. Returns `false` if no engine knows how to run
  /// it, while there are engines.
  bool push(task& x);

  /// Puts tasks back where they were before they were dispatched.
  /// @returns tasks that no engine knows how to run.
  std::vector<task*> put_back(std::vector<task*> xs);

  /// Takes a waiting task out.
  void erase(task& x);

  /// Pairs a task with an engine and counts it there, or returns null. Between
  /// calls until null, no engine may become free.
  task* pop();

  /// Ends a round of `pop`.
  void end_round();

  /// Counts a task less for an engine.
  void finish(task& x) {
    engines_.finish(x);
  }

  /// Returns the oldest task, or null.
  task* oldest() const noexcept;

  /// Tasks that wait.
  std::size_t size() const noexcept {
    return size_;
  }

  // -- inspection -------------------------------------------------------------

  const std::list<task_line>& lines() const noexcept {
    return lines_;
  }

private:
  /// Returns the line of a function, or null if no engine knows it.
  task_line* line_of(function_id function);

  task_line& line_with(engine_kinds kinds);

  /// Sorts all waiting tasks into lines again.
  std::vector<task*> regroup();

  void enqueue(task_line& line, task* position, task& x);

  engine_pool engines_;
  std::list<task_line> lines_;
  std::unordered_map<function_id, task_line*> lines_by_function_;
  std::size_t size_ = 0;
};

} // namespace troupe
