// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/direct_scheduler.hpp"

namespace troupe {

direct_scheduler_actor::behavior_type direct_scheduler(
  direct_scheduler_actor::stateful_pointer<direct_scheduler_state> self,
  direct_scheduler_config cfg, socket_actor socket, report_function report) {
  self->state.core.emplace(cfg);
  self->state.report = std::move(report);
  return schedule(self, cfg.resend, std::move(socket));
}

} // namespace troupe
