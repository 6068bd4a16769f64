// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/interfaces.hpp"
#include "troupe/scheduling/scheduler_core.hpp"

#include <optional>

namespace troupe {

/// Connects the rules to the task lane's socket and to the hub.
struct task_scheduler_state {
  static inline const char* name = "troupe.task-scheduler";

  std::optional<scheduler_core> core;
  socket_actor socket;
  loss_listener_actor hub;

  /// Time between two looks at what waits. There are none while nothing does.
  std::chrono::milliseconds period{};

  /// When the next look is planned; the maximum if none is.
  scheduler_core::time_point tick_at = scheduler_core::time_point::max();
};

/// Schedules tasks over `socket`, the ROUTER of the task lane.
task_scheduler_actor::behavior_type task_scheduler(
  task_scheduler_actor::stateful_pointer<task_scheduler_state> self,
  task_scheduler_config cfg, socket_actor socket);

} // namespace troupe
