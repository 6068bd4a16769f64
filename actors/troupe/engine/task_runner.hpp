// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/engine/function_registry.hpp"
#include "troupe/protocol/pack.hpp"
#include "troupe/protocol/read.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

namespace troupe {

/// Runs tasks on the one thread that calls `run`, and nothing else does user
/// code ever touch: so heartbeats and control never wait for it.
class task_runner {
public:
  /// @param wake is called, from the running thread, when results are ready
  ///        and none were before.
  task_runner(const function_registry& functions, std::function<void()> wake);

  // -- any thread -------------------------------------------------------------

  /// Queues the tasks of a verified `Dispatch`.
  void dispatch(message_view batch);

  /// Takes the results that are ready, as messages without a peer.
  std::vector<multipart> take_results();

  /// Drops what is queued; the running task goes on, and its result with
  /// those of earlier batches is dropped, too. For engines that were given up.
  void clear();

  /// Makes `run` return after the current task.
  void stop();

  /// Tasks that wait, and tasks done so far.
  std::uint32_t queued() const noexcept;
  std::uint64_t done() const noexcept;

  // -- the running thread -----------------------------------------------------

  /// Runs tasks until `stop`.
  void run();
};

} // namespace troupe
