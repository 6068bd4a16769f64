// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/interfaces.hpp"
#include "troupe/scheduling/direct_core.hpp"

#include <optional>

namespace troupe {

/// Connects the rules to the direct lane's socket and to the hub.
struct direct_scheduler_state {
  static inline const char* name = "troupe.direct-scheduler";

  std::optional<direct_core> core;
  socket_actor socket;
  loss_listener_actor hub;
  std::chrono::milliseconds resend{};

  /// Whether a tick is on its way.
  bool ticking = false;
};

/// Passes calls to the engines that they name over `socket`, the ROUTER of the
/// direct lane.
direct_scheduler_actor::behavior_type direct_scheduler(
  direct_scheduler_actor::stateful_pointer<direct_scheduler_state> self,
  direct_scheduler_config cfg, socket_actor socket);

} // namespace troupe
