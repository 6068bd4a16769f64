// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <troupe/bridge.hpp>

#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <string>
#include <vector>

/// The FREELANCE interface: asks several servers that are as good as each
/// other.
using freelance_actor = caf::typed_actor<
  // Asks all servers at once, and returns the first reply. Fails with
  // `ec::timed_out` when none came.
  caf::replies_to<std::string>::with<std::string>>;

struct freelance_state {
  static inline const char* name = "freelance";
};

/// Asks over `servers`, a DEALER per server. Waits for `patience` at most.
freelance_actor::behavior_type
freelance(freelance_actor::stateful_pointer<freelance_state> self,
          std::vector<troupe::socket_actor> servers,
          std::chrono::milliseconds patience);
