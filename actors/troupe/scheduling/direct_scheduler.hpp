// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/scheduling/direct_core.hpp"
#include "troupe/scheduling/scheduler_shell.hpp"

#include <functional>

namespace troupe {

/// Sends reports of a leaf to its root, on the thread that is best for that.
using report_function = std::function<void(leaf_report)>;

/// Passes calls to the engines that they name.
struct direct_scheduler_state : scheduler_shell<direct_core> {
  static inline const char* name = "troupe.direct-scheduler";

  report_function report;
};

using direct_scheduler_actor = scheduler_actor;

/// Passes calls to the engines that they name over `socket`, the ROUTER of the
/// direct lane or of a leaf.
/// @param report is called if this is a leaf
direct_scheduler_actor::behavior_type direct_scheduler(
  direct_scheduler_actor::stateful_pointer<direct_scheduler_state> self,
  direct_scheduler_config cfg, socket_actor socket, report_function report);

} // namespace troupe
