// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/buffer.hpp"
#include "troupe/client/client_actor.hpp"

#include <optional>
#include <string>

namespace troupe {

/// What a client asks the schedulers for through the hub: to cancel tasks, and
/// why tasks wait.

/// Cancels what was not sent. Returns a request about the rest, if there is one
/// and it can be asked for; else the wish is answered.
std::optional<buffer> cancel(client_state& state, cancel_wish x);

/// Returns a question for the schedulers, unless the client knows the answer.
std::optional<buffer> ask(client_state& state, why_wish x);

/// Hands on answers. Those that nobody waits for are dropped.
void answered(client_state& state, const wire::Cancelled& message);
void answered(client_state& state, const wire::Why& message);

/// Fails what waits for answers.
void fail_requests(client_state& state, errc code, const std::string& sentence);

} // namespace troupe
