// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "broker.hpp"
#include <troupe/bridge.hpp>

#include <caf/typed_event_based_actor.hpp>

#include <chrono>

// A client sends [service, frames...] as a request and gets back
// ["ok", frames...] or ["refused", why].
//
// A worker sends ["alive", service] every now and then. It gets
// [number, frames...] and sends back ["done", number, frames...].

/// The MAJORDOMO interface: passes requests to workers by the name of a
/// service.
using majordomo_actor =
  troupe::socket_owner_actor::extend<caf::reacts_to<caf::tick_atom>>;

/// Tags of the two sockets.
inline constexpr std::uint32_t majordomo_clients = 0;
inline constexpr std::uint32_t majordomo_workers = 1;

struct majordomo_config {
  /// Time between two ticks of the broker.
  std::chrono::milliseconds interval{100};

  broker_config broker{};
};

/// Serves `clients` and `workers`, ROUTERs with the tags above.
majordomo_actor::behavior_type
majordomo(majordomo_actor::stateful_pointer<broker> self,
          troupe::socket_actor clients, troupe::socket_actor workers,
          majordomo_config cfg);
