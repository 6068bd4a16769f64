// SPDX-License-Identifier: BSL-1.0

#include "support/message_types.hpp"

#include <troupe/actors_type_ids.hpp>
#include <troupe/bridge.hpp>
#include <troupe/bridge_type_ids.hpp>
#include <troupe/interfaces.hpp>

#include <caf/actor_system_config.hpp>

namespace troupe::test {

void add_message_types(caf::actor_system_config& cfg) {
  // The blocks name types that bridge.hpp and interfaces.hpp define.
  cfg.add_message_types<caf::id_block::troupe_bridge>();
  cfg.add_message_types<caf::id_block::troupe_actors>();
}

} // namespace troupe::test
