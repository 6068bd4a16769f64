// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/endpoint.hpp"

#include <caf/error.hpp>

namespace troupe {

/// Whether `where` can be bound as far as ZeroMQ would not find out itself: it
/// deletes whatever lies at the path of an ipc endpoint, a live socket or a
/// file of the user included.
caf::error check_bindable(const endpoint& where);

/// Says for people why `where` cannot be bound and what to do, given ZeroMQ's
/// error number.
caf::error bind_error(const endpoint& where, int number);

/// Says for people why nothing can connect to `where`.
caf::error connect_error(const endpoint& where, int number);

} // namespace troupe
