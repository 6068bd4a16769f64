// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/task_scheduler.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

using self_pointer =
  task_scheduler_actor::stateful_pointer<task_scheduler_state>;

constexpr auto never = scheduler_core::time_point::max();

// How long the socket may take to tell its counters.
constexpr auto counters_timeout = std::chrono::milliseconds{500};

/// Looks again when something is due, or after a period while something waits.
/// A tick that comes too early does no harm.
void plan_tick(self_pointer self) {
  auto& state = self->state;
  auto now = self->clock().now();
  auto at = state.core->needs_tick() ? now + state.period : never;
  if (auto due = state.core->next_due())
    at = std::min(at, std::max(*due, now));
  if (at >= state.tick_at)
    return;
  state.tick_at = at;
  self->delayed_send(self, at - now, atom::tick_v);
}

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
    for (auto& [id, x] : actions.revoked)
      self->send(state.hub, atom::revoke_v, id, std::move(x));
  }
  plan_tick(self);
}

/// Passes one event to the rules and sends what follows from it.
template <class Event>
void on(self_pointer self, Event event) {
  auto& core = *self->state.core;
  core.advance(self->clock().now());
  event(core);
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

task_scheduler_actor::behavior_type task_scheduler(
  task_scheduler_actor::stateful_pointer<task_scheduler_state> self,
  task_scheduler_config cfg, socket_actor socket) {
  self->state.core.emplace(cfg);
  self->state.socket = std::move(socket);
  self->state.period = std::max(std::chrono::milliseconds{1},
                                std::min(cfg.period, cfg.engine_wait));
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
    [self](atom::cancel, client_id id, const cancel_request& x) {
      cancel_counts result;
      on(self, [&](auto& core) { result = core.cancel(id, x); });
      return result;
    },
    [self](atom::why, const why_query& x) {
      self->state.core->advance(self->clock().now());
      return self->state.core->why(x.task);
    },
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
      self->state.tick_at = never;
      on(self, [](auto& core) { core.tick(); });
    },
  };
}

} // namespace troupe
