// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/interfaces.hpp"
#include "troupe/scheduling/cast_root.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace troupe {

/// A leaf as the root sees it.
struct broadcast_leaf {
  scheduler_actor handle;

  /// Sends orders to it, on the thread that is best for it.
  std::function<void(cast_orders)> order;
};

/// Connects the rules to the socket of the clients, to the hub and to leaves.
struct broadcast_root_state {
  static inline const char* name = "troupe.broadcast-root";

  std::optional<cast_root> core;
  socket_actor socket;
  std::vector<broadcast_leaf> leaves;
  loss_listener_actor hub;
  std::chrono::milliseconds resend{};

  /// Whether a tick is on its way.
  bool ticking = false;
};

/// Passes calls of clients, which come over the ROUTER `socket`, to the leaves
/// that have their engines, and results back. Ends when one of them ends:
/// calls would wait for ever.
broadcast_root_actor::behavior_type broadcast_root(
  broadcast_root_actor::stateful_pointer<broadcast_root_state> self,
  direct_scheduler_config cfg, socket_actor socket,
  std::vector<broadcast_leaf> leaves);

} // namespace troupe
