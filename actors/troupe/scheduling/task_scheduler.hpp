// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/scheduling/scheduler_core.hpp"
#include "troupe/scheduling/scheduler_shell.hpp"

namespace troupe {

/// Owns each task from acceptance to its report.
struct task_scheduler_state : scheduler_shell<scheduler_core> {
  static inline const char* name = "troupe.task-scheduler";
};

using task_scheduler_actor = scheduler_actor;

/// Schedules tasks over `socket`, the ROUTER of the task lane.
task_scheduler_actor::behavior_type task_scheduler(
  task_scheduler_actor::stateful_pointer<task_scheduler_state> self,
  task_scheduler_config cfg, socket_actor socket);

} // namespace troupe
