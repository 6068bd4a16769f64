// SPDX-License-Identifier: BSL-1.0
#include "troupe/hub/hub.hpp"

#include "troupe/scheduling/cast_tree.hpp"

#include <caf/send.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

// Engine joins:                        Engine dies:
//
//  socket --Hello--> hub                socket --disconnected--> hub
//  scheduler <--admit-- hub             socket <--Ping to all-- hub
//  socket <--Welcome-- hub              socket --returned Ping--> hub
//  (Join reaches the scheduler          scheduler <--lost-- hub
//   after its admit)                    socket <--Status-- hub

namespace troupe {

namespace {

using std::chrono::milliseconds;
using self_pointer = hub_actor::stateful_pointer<hub_state>;
using time_point = hub_core::time_point;

/// ZeroMQ tells that a connection ended before a message to its peer fails, so
/// the hub looks twice.
constexpr auto first_probe = milliseconds{5};
constexpr auto second_probe = milliseconds{45};

/// Time between two `Status` for subscribers.
constexpr auto notify_interval = milliseconds{10};

/// How long a status query waits for the scheduler.
constexpr auto status_limit = std::chrono::seconds{1};

/// How long a client's request waits for the scheduler, which may have a
/// million tasks to cancel.
constexpr auto request_limit = std::chrono::minutes{1};

constexpr auto never = time_point::max();

/// Logs to the logger `troupe`, if the program has made one.
void log(const std::vector<std::string>& lines) {
  if (lines.empty())
    return;
  if (auto logger = spdlog::get("troupe"))
    for (auto& line : lines)
      logger->info(line);
}

/// Wakes the hub at `when`; whatever is due then, is done.
void wake_at(self_pointer self, time_point when) {
  auto now = self->clock().now();
  self->delayed_send(self, std::max(when, now) - now, atom::probe_v);
}

void perform(self_pointer self, hub_actions actions);

/// What the schedulers told so far.
struct scheduler_answers {
  scheduler_status balanced;
  scheduler_status direct;
  int missing = 2;
};

/// Asks one of the schedulers. The last answer goes to all who wait.
void ask(self_pointer self, const membership_listener_actor& scheduler,
         std::shared_ptr<scheduler_answers> all,
         scheduler_status scheduler_answers::*mine) {
  auto answer = [self, all, mine](const scheduler_status& x) {
    (*all).*mine = x;
    if (--all->missing > 0)
      return;
    self->state.asking = false;
    add(all->balanced, all->direct);
    perform(self, self->state.core->answer(all->balanced, self->clock().now()));
  };
  self->request(scheduler, status_limit, atom::status_v)
    .then(answer, [answer](const caf::error&) { answer({}); });
}

void ask_schedulers(self_pointer self) {
  auto& state = self->state;
  if (std::exchange(state.asking, true))
    return;
  auto all = std::make_shared<scheduler_answers>();
  ask(self, state.scheduler, all, &scheduler_answers::balanced);
  ask(self, state.direct_scheduler, all, &scheduler_answers::direct);
}

void notify(self_pointer self) {
  auto& state = self->state;
  state.notify_at = never;
  state.notified = self->clock().now();
  state.core->notify();
  ask_schedulers(self);
}

/// Tells subscribers about changes, but not more often than the interval.
void notify_soon(self_pointer self) {
  auto& state = self->state;
  if (!state.core->news() || state.notify_at != never)
    return;
  auto due = state.notified + notify_interval;
  if (due <= self->clock().now())
    return notify(self);
  state.notify_at = due;
  wake_at(self, due);
}

/// Passes a client's request to a scheduler, ahead of what it has to do.
/// Without an answer the client gives up.
void pass_on(self_pointer self, client_id id, cancel_request x) {
  auto& state = self->state;
  auto direct = !x.ranges.empty() && is_direct(x.ranges.front().first);
  auto& scheduler = direct ? state.direct_scheduler : state.scheduler;
  auto request = x.request;
  self
    ->request<caf::message_priority::high>(scheduler, request_limit,
                                           atom::cancel_v, id, std::move(x))
    .then(
      [self, id, request](const cancel_counts& y) {
        perform(self, self->state.core->cancelled(id, request, y));
      },
      [](const caf::error&) {});
}

/// What the schedulers told about tasks that wait.
struct why_answers {
  wait_reports all;
  int missing = 0;
  bool told = false;
};

/// Asks one scheduler, or both about all tasks. Of two, one may fail;
/// if none tells anything, the client gives up.
void pass_on(self_pointer self, client_id id, const why_query& x) {
  auto& state = self->state;
  std::vector<membership_listener_actor*> asked;
  auto all = x.task.number == 0;
  if (all || !is_direct(x.task.number))
    asked.push_back(&state.scheduler);
  if (all || is_direct(x.task.number))
    asked.push_back(&state.direct_scheduler);
  auto answers = std::make_shared<why_answers>();
  answers->missing = static_cast<int>(asked.size());
  auto answer = [self, id, answers,
                 request = x.request](const wait_reports& y) {
    auto& reports = answers->all.reports;
    reports.insert(reports.end(), y.reports.begin(), y.reports.end());
    if (--answers->missing == 0 && answers->told)
      perform(self, self->state.core->told_why(id, request, answers->all));
  };
  for (auto scheduler : asked)
    self
      ->request<caf::message_priority::high>(*scheduler, request_limit,
                                             atom::why_v, x)
      .then(
        [answers, answer](const wait_reports& y) {
          answers->told = true;
          answer(y);
        },
        [answer](const caf::error&) { answer({}); });
}

using scheduler_pair = std::array<const membership_listener_actor*, 2>;

/// Returns who is told about an engine. (A leaf has to know of it before the
/// engine joins there, so this takes no detour over the root.)
scheduler_pair schedulers_of(const hub_state& state, engine_id id) {
  auto& leaves = state.leaves;
  return {&state.scheduler, leaves.empty()
                              ? &state.direct_scheduler
                              : &leaves[leaf_of(id, leaves.size())]};
}

/// Returns who is told about a client.
scheduler_pair schedulers_of(const hub_state& state, client_id) {
  return {&state.scheduler, &state.direct_scheduler};
}

void perform(self_pointer self, hub_actions actions) {
  auto& state = self->state;
  for (auto& x : actions.engines)
    for (auto scheduler : schedulers_of(state, x.id))
      self->send(*scheduler, atom::admit_v, x);
  for (auto& x : actions.clients)
    for (auto scheduler : schedulers_of(state, x.id))
      self->send(*scheduler, atom::admit_v, x.id, x.token);
  for (auto& id : actions.lost)
    std::visit(
      [&](auto x) {
        for (auto scheduler : schedulers_of(state, x))
          self->send(*scheduler, atom::lost_v, x);
      },
      id);
  for (auto& [id, x] : actions.cancels)
    pass_on(self, id, std::move(x));
  for (auto& [id, x] : actions.queries)
    pass_on(self, id, x);
  if (!actions.control.empty())
    self->send(state.socket, outgoing{std::move(actions.control)});
  log(actions.log);
  if (actions.stop && state.owner)
    caf::anon_send(state.owner, atom::stop_v);
  if (actions.asked)
    ask_schedulers(self);
  notify_soon(self);
}

void probe_soon(self_pointer self) {
  auto& state = self->state;
  state.probes = 2;
  if (state.probe_at != never)
    return;
  state.probe_at = self->clock().now() + first_probe;
  wake_at(self, state.probe_at);
}

void do_what_is_due(self_pointer self) {
  auto& state = self->state;
  auto now = self->clock().now();
  if (state.probe_at <= now) {
    state.probe_at = --state.probes > 0 ? now + second_probe : never;
    if (state.probe_at != never)
      wake_at(self, state.probe_at);
    perform(self, state.core->ping());
  }
  if (state.notify_at <= now)
    notify(self);
}

void stop(self_pointer self) {
  perform(self, self->state.core->stop());
  self->send(self->state.socket, atom::close_v);
  self->quit();
}

} // namespace

hub_actor::behavior_type
hub(self_pointer self, hub_config cfg, socket_actor socket,
    membership_listener_actor scheduler,
    membership_listener_actor direct_scheduler,
    std::vector<membership_listener_actor> leaves, caf::actor owner) {
  self->state.core = std::make_unique<hub_core>(cfg, self->clock().now());
  self->state.socket = std::move(socket);
  self->state.scheduler = std::move(scheduler);
  self->state.direct_scheduler = std::move(direct_scheduler);
  self->state.leaves = std::move(leaves);
  self->state.owner = std::move(owner);
  self->send(self->state.socket, atom::attach_v,
             caf::actor_cast<socket_owner_actor>(self));
  self->delayed_send(self, cfg.period, atom::tick_v);
  return {
    [self](atom::gone, engine_id id) {
      perform(self, self->state.core->gone(id));
    },
    [self](atom::gone, client_id id) {
      perform(self, self->state.core->gone(id));
    },
    [self](atom::revoke, engine_id id, const revocation& x) {
      perform(self, self->state.core->revoke(id, x));
    },
    [self](delivery& x) {
      auto now = self->clock().now();
      perform(self, self->state.core->received(std::move(x.messages), now));
    },
    [self](const returned& x) {
      if (x.reason == ec::peer_gone)
        perform(self, self->state.core->unreachable(x.message.peer));
    },
    [self](socket_event x) {
      if (x.what == socket_event::kind::disconnected)
        probe_soon(self);
    },
    [self, period = cfg.period](atom::tick) {
      self->delayed_send(self, period, atom::tick_v);
      perform(self, self->state.core->end_period());
    },
    [self](atom::probe) { do_what_is_due(self); },
    [self](atom::status) {
      return self->state.core->status(self->clock().now());
    },
    [self](atom::stop) { stop(self); },
  };
}

} // namespace troupe
