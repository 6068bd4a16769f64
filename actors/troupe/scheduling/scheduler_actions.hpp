// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/ids.hpp"
#include "troupe/multipart.hpp"
#include "troupe/protocol/control.hpp"

#include <utility>
#include <vector>

namespace troupe {

/// What follows from the events since the last `flush`.
struct scheduler_actions {
  /// To be sent on the scheduler's lane, in this order.
  std::vector<multipart> messages;

  /// Dispatched tasks that were cancelled, to be told by the hub.
  std::vector<std::pair<engine_id, revocation>> revoked{};

  /// Peers that could not be reached, for the hub.
  std::vector<engine_id> gone_engines{};
  std::vector<client_id> gone_clients{};
};

} // namespace troupe
