// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <troupe/bridge.hpp>

#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <functional>
#include <span>
#include <string>

/// The WORKER interface: does what the broker says.
using majordomo_worker_actor =
  troupe::socket_owner_actor::extend<caf::reacts_to<caf::tick_atom>>;

struct majordomo_worker_config {
  std::string service;

  /// Returns the frames of the answer to those of a request.
  std::function<troupe::frame_list(std::span<const troupe::buffer>)> work;

  /// How often to say that it is alive: shorter than the broker's patience.
  std::chrono::milliseconds interval{100};
};

struct majordomo_worker_state {
  static inline const char* name = "majordomo-worker";

  // Or CAF would initialize the first member with the address of the actor.
  majordomo_worker_state() noexcept {
    // nop
  }

  bool waits = false; // messages, for the broker
};

/// Works over `socket`, a DEALER.
majordomo_worker_actor::behavior_type majordomo_worker(
  majordomo_worker_actor::stateful_pointer<majordomo_worker_state> self,
  troupe::socket_actor socket, majordomo_worker_config cfg);
