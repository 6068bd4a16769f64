// SPDX-License-Identifier: BSL-1.0

#pragma once

#include <caf/fwd.hpp>

namespace troupe::test {

/// Adds the message types of all layers to `cfg`.
void add_message_types(caf::actor_system_config& cfg);

} // namespace troupe::test
