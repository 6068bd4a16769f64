// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/scheduling/direct_core.hpp"
#include "troupe/scheduling/scheduler_shell.hpp"

namespace troupe {

/// Passes calls to the engines that they name.
struct direct_scheduler_state : scheduler_shell<direct_core> {
  static inline const char* name = "troupe.direct-scheduler";
};

using direct_scheduler_actor = scheduler_actor;

/// Passes calls to the engines that they name over `socket`, the ROUTER of the
/// direct lane.
direct_scheduler_actor::behavior_type direct_scheduler(
  direct_scheduler_actor::stateful_pointer<direct_scheduler_state> self,
  direct_scheduler_config cfg, socket_actor socket);

} // namespace troupe
