// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/engine/engine.hpp"

#include <utility>

/// The part of the engine actor that ends tasks: such that are cancelled, and
/// such that take too long. Only for its handlers.
namespace troupe {

using engine_pointer = engine_actor::stateful_pointer<engine_state>;

/// Sends on the direct lane, if there is one by now.
template <class... Ts>
void send_direct(engine_pointer self, Ts&&... xs) {
  if (self->state.direct)
    self->send(self->state.direct, std::forward<Ts>(xs)...);
}

/// Does what the hub says about cancelled tasks. Ends the process with the task
/// that runs, if it is one to kill: the nanny starts another one.
void revoke(engine_pointer self, const wire::Revoke& message);

/// Asks a task to stop whose time is over, and kills it after a grace.
void look_at_limit(engine_pointer self);

} // namespace troupe
