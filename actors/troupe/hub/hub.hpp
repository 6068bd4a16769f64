// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/interfaces.hpp"
#include "troupe/limits.hpp"

#include <chrono>
#include <cstdint>

namespace troupe {

struct hub_config {
  /// Time between two pings, and silent periods that a peer survives.
  std::chrono::milliseconds period = limits::heartbeat;
  std::uint32_t max_misses = limits::max_misses;

  std::size_t max_engines = limits::max_engines;
  std::size_t max_clients = limits::max_clients;

  /// Seed of tokens. 0 = from the operating system; tests choose one.
  std::uint64_t token_seed = 0;
};

struct hub_state;

/// Keeps the registry over `socket`, the ROUTER of the control lane.
/// @param owner is told (`atom::stop`) when a client asks to stop the cluster.
hub_actor::behavior_type hub(hub_actor::stateful_pointer<hub_state> self,
                             hub_config cfg, socket_actor socket,
                             membership_listener_actor scheduler,
                             caf::actor owner);

} // namespace troupe
