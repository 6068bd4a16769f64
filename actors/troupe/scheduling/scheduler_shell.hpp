// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/interfaces.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

/// The actor around a scheduler's rules: passes events to them, and sends what
/// follows from these.
namespace troupe {

/// Connects rules to the socket of a lane and to the hub.
template <class Core>
struct scheduler_shell {
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr auto never = time_point::max();

  /// How long the socket may take to tell its counters.
  static constexpr auto counters_timeout = std::chrono::milliseconds{500};

  std::optional<Core> core;
  socket_actor socket;
  loss_listener_actor hub;

  /// Time between two looks at what waits. There are none while nothing does.
  std::chrono::milliseconds period{};

  /// When looks are planned, the next one last.
  std::vector<time_point> planned;
};

namespace detail {

/// Looks again when something is due, or after a period while something waits.
/// A look too many does no harm.
template <class Self>
void plan_tick(Self self) {
  auto& state = self->state;
  auto now = self->clock().now();
  auto at = state.core->needs_tick() ? now + state.period : state.never;
  if (auto due = state.core->next_due())
    at = std::min(at, std::max(*due, now));
  if (at == state.never
      || (!state.planned.empty() && state.planned.back() <= at))
    return;
  state.planned.push_back(at);
  self->delayed_send(self, at - now, atom::tick_v);
}

/// Sends what follows from the events of one activation.
template <class Self>
void flush(Self self) {
  auto& state = self->state;
  auto actions = state.core->flush();
  if (!actions.messages.empty())
    self->send(state.socket, outgoing{std::move(actions.messages)});
  if constexpr (requires { state.report; })
    if (state.report)
      if (auto report = state.core->take_report(); !report.empty())
        state.report(std::move(report));
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
template <class Self, class Event>
void on(Self self, Event event) {
  auto& core = *self->state.core;
  core.advance(self->clock().now());
  event(core);
  flush(self);
}

/// Adds the socket's counters, unless it does not answer.
template <class Self>
caf::result<scheduler_status> status(Self self) {
  auto promise = self->template make_response_promise<scheduler_status>();
  self
    ->request(self->state.socket, self->state.counters_timeout,
              atom::counters_v)
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

} // namespace detail

/// Begins to schedule over `socket`, the ROUTER of the lane.
/// @pre the state has its rules
template <class State>
scheduler_actor::behavior_type
schedule(scheduler_actor::stateful_pointer<State> self,
         std::chrono::milliseconds period, socket_actor socket) {
  self->state.period = period;
  self->state.socket = std::move(socket);
  self->send(self->state.socket, atom::attach_v,
             caf::actor_cast<socket_owner_actor>(self));
  return {
    [self](atom::admit, const engine_joined& x) {
      detail::on(self, [&](auto& core) { core.admit(x); });
    },
    [self](atom::admit, client_id id, std::uint64_t token) {
      detail::on(self, [&](auto& core) { core.admit(id, token); });
    },
    [self](atom::lost, engine_id id) {
      detail::on(self, [&](auto& core) { core.lose(id); });
    },
    [self](atom::lost, client_id id) {
      detail::on(self, [&](auto& core) { core.lose(id); });
    },
    [self](atom::cancel, client_id id, const cancel_request& x) {
      cancel_counts result;
      detail::on(self, [&](auto& core) { result = core.cancel(id, x); });
      return result;
    },
    [self](atom::why, const why_query& x) {
      self->state.core->advance(self->clock().now());
      return self->state.core->why(x.task);
    },
    [self](atom::status) { return detail::status(self); },
    [self](delivery& x) {
      detail::on(self, [&](auto& core) {
        for (auto& message : x.messages)
          core.receive(std::move(message));
      });
    },
    [self](returned& x) {
      detail::on(self, [&](auto& core) {
        core.take_back(x.reason, std::move(x.message));
      });
    },
    [](const socket_event&) {
      // nop
    },
    [self](atom::attach, loss_listener_actor hub) {
      self->state.hub = std::move(hub);
    },
    [self](atom::tick) {
      auto& planned = self->state.planned;
      while (!planned.empty() && planned.back() <= self->clock().now())
        planned.pop_back();
      detail::on(self, [](auto& core) { core.tick(); });
    },
    [self](const cast_orders& x) {
      if constexpr (requires { self->state.core->take(x); })
        detail::on(self, [&](auto& core) { core.take(x); });
    },
  };
}

} // namespace troupe
