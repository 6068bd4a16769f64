// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/direct_scheduler.hpp"

#include <utility>

namespace troupe {

namespace {

using self_pointer =
  direct_scheduler_actor::stateful_pointer<direct_scheduler_state>;

// How long the socket may take to tell its counters.
constexpr auto counters_timeout = std::chrono::milliseconds{500};

/// Sends what follows from the events of one activation.
void flush(self_pointer self) {
  auto& state = self->state;
  auto actions = state.core->flush();
  if (!actions.messages.empty())
    self->send(state.socket, outgoing{std::move(actions.messages)});
  if (state.hub) {
    for (auto id : actions.gone_engines)
      self->send(state.hub, atom::gone_v, id);
    for (auto id : actions.gone_clients)
      self->send(state.hub, atom::gone_v, id);
  }
  if (state.core->needs_tick() && !std::exchange(state.ticking, true))
    self->delayed_send(self, state.resend, atom::tick_v);
}

/// Passes one event to the rules and sends what follows from it.
template <class Event>
void on(self_pointer self, Event event) {
  event(*self->state.core);
  flush(self);
}

/// Adds the socket's counters, unless it does not answer.
caf::result<scheduler_status> status(self_pointer self) {
  auto promise = self->make_response_promise<scheduler_status>();
  self->request(self->state.socket, counters_timeout, atom::counters_v)
    .then(
      [self, promise](const socket_counters& frames) mutable {
        auto result = self->state.core->status();
        result.frames = frames;
        promise.deliver(std::move(result));
      },
      [self, promise](const caf::error&) mutable {
        promise.deliver(self->state.core->status());
      });
  return promise;
}

} // namespace

direct_scheduler_actor::behavior_type
direct_scheduler(self_pointer self, direct_scheduler_config cfg,
                 socket_actor socket) {
  self->state.core.emplace(cfg);
  self->state.socket = std::move(socket);
  self->state.resend = cfg.resend;
  self->send(self->state.socket, atom::attach_v,
             caf::actor_cast<socket_owner_actor>(self));
  return {
    [self](atom::admit, const engine_joined& x) {
      on(self, [&](auto& core) { core.admit(x); });
    },
    [self](atom::admit, client_id id, std::uint64_t token) {
      on(self, [&](auto& core) { core.admit(id, token); });
    },
    [self](atom::lost, engine_id id) {
      on(self, [&](auto& core) { core.lose(id); });
    },
    [self](atom::lost, client_id id) {
      on(self, [&](auto& core) { core.lose(id); });
    },
    [](atom::cancel, client_id, const cancel_request&) {
      return cancel_counts{}; // what engines are told to do is theirs
    },
    [](atom::why, const why_query&) { return wait_reports{}; },
    [self](atom::status) { return status(self); },
    [self](delivery& x) {
      on(self, [&](auto& core) {
        for (auto& message : x.messages)
          core.receive(std::move(message));
      });
    },
    [self](returned& x) {
      on(self,
         [&](auto& core) { core.take_back(x.reason, std::move(x.message)); });
    },
    [](const socket_event&) {
      // nop
    },
    [self](atom::attach, loss_listener_actor hub) {
      self->state.hub = std::move(hub);
    },
    [self](atom::tick) {
      self->state.ticking = false;
      on(self, [](auto& core) { core.tick(); });
    },
  };
}

} // namespace troupe
