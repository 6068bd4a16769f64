// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/hub/hub_core.hpp"
#include "troupe/interfaces.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

namespace troupe {

/// What the HUB keeps. The rules are in `hub_core`; this is about when to do
/// what.
struct hub_state {
  static inline const char* name = "troupe.hub";

  std::unique_ptr<hub_core> core{};
  socket_actor socket{};
  membership_listener_actor scheduler{};
  membership_listener_actor direct_scheduler{};
  std::vector<membership_listener_actor> leaves{};
  caf::actor owner{};

  /// When everybody is pinged out of turn, and how often still.
  hub_core::time_point probe_at = hub_core::time_point::max();
  int probes = 0;

  /// When subscribers get their next `Status`.
  hub_core::time_point notify_at = hub_core::time_point::max();
  hub_core::time_point notified{};

  /// Whether the schedulers owe us their status.
  bool asking = false;

  /// Whether everybody was told goodbye.
  bool stopping = false;
};

/// Keeps the registry over `socket`, the ROUTER of the control lane.
/// @param leaves have the engines of the direct scheduler, see `leaf_of`. None:
///        it has them itself.
/// @param owner is told (`atom::stop`) when a client asks to stop the cluster.
hub_actor::behavior_type
hub(hub_actor::stateful_pointer<hub_state> self, hub_config cfg,
    socket_actor socket, membership_listener_actor scheduler,
    membership_listener_actor direct_scheduler,
    std::vector<membership_listener_actor> leaves, caf::actor owner);

} // namespace troupe
