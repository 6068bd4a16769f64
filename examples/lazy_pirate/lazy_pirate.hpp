// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <troupe/bridge.hpp>

#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstdint>
#include <string>

/// The LAZY PIRATE interface: asks a service that may be slow, gone, or lose
/// what it is asked.
using lazy_pirate_actor = caf::typed_actor<
  // Returns what the service replied. Asks again when no reply comes in time,
  // and fails with `ec::timed_out` after the last attempt.
  caf::replies_to<std::string>::with<std::string>,
  // Tells how often the service was asked.
  caf::replies_to<caf::get_atom>::with<std::uint64_t>>;

struct lazy_pirate_config {
  /// How often to ask, at least once.
  unsigned attempts = 3;

  /// How long to wait for the reply to each attempt.
  std::chrono::milliseconds patience{500};
};

struct lazy_pirate_state {
  static inline const char* name = "lazy-pirate";

  std::uint64_t asked = 0;

  /// A DEALER, connected to the service.
  troupe::socket_actor service;

  lazy_pirate_config cfg;
};

/// Asks over `service`, a DEALER.
lazy_pirate_actor::behavior_type
lazy_pirate(lazy_pirate_actor::stateful_pointer<lazy_pirate_state> self,
            troupe::socket_actor service, lazy_pirate_config cfg);
