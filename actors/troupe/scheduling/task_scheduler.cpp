// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/task_scheduler.hpp"

namespace troupe {

task_scheduler_actor::behavior_type task_scheduler(
  task_scheduler_actor::stateful_pointer<task_scheduler_state> self,
  task_scheduler_config cfg, socket_actor socket) {
  self->state.core.emplace(cfg);
  auto period = std::max(std::chrono::milliseconds{1},
                         std::min(cfg.period, cfg.engine_wait));
  return schedule(self, period, std::move(socket));
}

} // namespace troupe
