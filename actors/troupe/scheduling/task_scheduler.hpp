// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/interfaces.hpp"
#include "troupe/limits.hpp"
#include "troupe/scheduling/placement.hpp"

#include <chrono>
#include <cstdint>

namespace troupe {

struct task_scheduler_config {
  /// How an engine is picked.
  placement_scheme scheme = placement_scheme::leastload;

  /// Most tasks outstanding per engine; 0 = adapts to measured task times.
  std::uint32_t hwm = 0;

  /// Credit of each client.
  std::uint32_t client_tasks = limits::client_tasks;
  std::uint64_t client_bytes = limits::client_bytes;

  /// Argument bytes outstanding per engine.
  std::uint64_t engine_bytes = limits::engine_bytes;

  /// How long tasks wait while there is no engine at all, before they end as
  /// `Impossible`.
  std::chrono::milliseconds engine_wait{30000};

  /// Time between two looks at waiting times.
  std::chrono::milliseconds period{1000};
};

class scheduler_core;

struct task_scheduler_state;

/// Schedules tasks over `socket`, the ROUTER of the task lane.
task_scheduler_actor::behavior_type task_scheduler(
  task_scheduler_actor::stateful_pointer<task_scheduler_state> self,
  task_scheduler_config cfg, socket_actor socket);

} // namespace troupe
