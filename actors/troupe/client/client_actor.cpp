// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/client_actor.hpp"

#include "troupe/client/client_requests.hpp"

#include <algorithm>
#include <utility>

// Start:                               Tasks:
//
//  control <--Hello-- client            board --calls--> client
//  client <--Welcome-- control          tasks <--Submit, within Credit-- client
//  tasks <--Join-- client               client <--Results-- tasks
//  control <--StatusQuery-- client      task_group <--outcomes-- client
//  board <--Status-- client             direct: the same, with Cast

namespace troupe {

namespace {

using self_pointer = client_actor::stateful_pointer<client_state>;
using std::chrono::milliseconds;

void act(self_pointer self, link_actions actions);
void schedule_tick(self_pointer self);

void send(self_pointer self, const socket_actor& socket,
          std::vector<buffer> messages) {
  outgoing out;
  out.messages.reserve(messages.size());
  for (auto& x : messages)
    out.messages.emplace_back(std::vector{std::move(x)});
  if (!out.messages.empty())
    self->send(socket, std::move(out));
}

/// Fails everything that waits and everything that will come.
void end(self_pointer self, errc code, const std::string& reason) {
  auto& state = self->state;
  if (std::exchange(state.ended, true))
    return;
  auto sentence = "cluster \"" + state.cfg.cluster + "\" is gone: " + reason;
  if (!state.id)
    sentence = "cannot join cluster \"" + state.cfg.cluster + "\": " + reason;
  state.board->end(code, sentence);
  state.session.fail_all(sentence);
  state.casts.fail_all(sentence);
  fail_requests(state, code, sentence);
}

/// Sends what `take(limit)` returns, a few messages at a time, so that the
/// first are on their way while the next are written.
template <class Take>
void send_calls(self_pointer self, const socket_actor& socket, Take take) {
  auto& state = self->state;
  while (!state.ended && state.link->joined()) {
    auto messages = take(state.cfg.messages_per_turn);
    auto more = messages.size() >= state.cfg.messages_per_turn;
    if (!messages.empty())
      self->send(socket, outgoing{std::move(messages)});
    if (!more)
      return;
  }
}

/// Sends calls as far as there is credit.
void send_calls(self_pointer self) {
  auto& state = self->state;
  send_calls(self, state.tasks, [&](std::size_t most) {
    return state.session.take_submits(most);
  });
  if (state.device) {
    state.device->sent(state.session.last_sent(), self->clock().now());
    schedule_tick(self);
  }
}

/// Sends calls of named engines as far as there is credit.
void send_casts(self_pointer self) {
  auto& state = self->state;
  send_calls(self, state.direct,
             [&](std::size_t most) { return state.casts.take_casts(most); });
}

void take_calls(self_pointer self) {
  auto& state = self->state;
  // Taken first: what they are about may be among the calls.
  auto cancels = state.board->take_cancels();
  auto questions = state.board->take_questions();
  for (auto& x : state.board->take())
    if (x.calls.cast != nullptr)
      state.casts.submit(std::move(x));
    else
      state.session.submit(std::move(x));
  std::vector<buffer> requests;
  for (auto& x : cancels)
    if (auto request = cancel(state, std::move(x)))
      requests.push_back(std::move(*request));
  // Over the control lane, so that they overtake what is queued.
  send(self, state.control, std::exchange(requests, {}));
  send_calls(self);
  send_casts(self);
  for (auto& x : questions)
    if (auto request = ask(state, std::move(x)))
      requests.push_back(std::move(*request));
  send(self, state.control, std::move(requests));
}

// -- time ---------------------------------------------------------------------

/// Makes sure that a tick comes when the link, or a broken connection, needs
/// one.
void schedule_tick(self_pointer self) {
  auto& state = self->state;
  auto due = state.link->next_deadline();
  if (!due || state.ended)
    return;
  if (state.device)
    if (auto limit = state.device->next_deadline())
      due = std::min(*due, *limit);
  auto now = self->clock().now();
  if (state.broken)
    due = std::min(*due, now + state.cfg.alive_period);
  if (state.next_tick && *state.next_tick <= *due)
    return;
  state.next_tick = due;
  self->delayed_send(self, std::max(*due, now) - now, atom::tick_v);
}

/// Looks whether the process at the other end of a broken connection died.
void check_alive(self_pointer self) {
  auto& state = self->state;
  if (state.broken && !state.ended && !state.cfg.controller_alive())
    end(self, errc::no_cluster, "its controller died");
}

/// Ends tasks that a device dealt out and that take too long to come back.
void give_up_unanswered(self_pointer self) {
  auto& state = self->state;
  auto before = state.session.in_flight();
  while (auto x = state.device->due(self->clock().now()))
    state.session.give_up(x->last, x->state, x->why);
  if (state.session.in_flight() < before)
    send_calls(self); // there is credit again
}

void tick(self_pointer self) {
  auto& state = self->state;
  if (state.next_tick && self->clock().now() < *state.next_tick)
    return; // an earlier one replaced it, and another is pending
  state.next_tick = std::nullopt;
  check_alive(self);
  if (!state.ended && state.device)
    give_up_unanswered(self);
  if (!state.ended)
    act(self, state.link->tick(self->clock().now()));
}

// -- control lane -------------------------------------------------------------

void welcomed(self_pointer self) {
  auto& state = self->state;
  auto before = std::exchange(state.id, state.link->id());
  if (before && *before != state.link->id()) {
    auto sentence = "cluster \"" + state.cfg.cluster
                    + "\" lost its connection to this program, and with it the "
                      "task";
    state.session.fail_in_flight(sentence);
    state.casts.fail_in_flight(sentence);
  }
  state.session.client(client_id{state.link->id()});
  state.casts.client(client_id{state.link->id()});
  if (state.device) { // nobody else gives credit
    state.session.credit(limits::client_tasks, limits::client_bytes);
    send_calls(self);
  }
  send(self, state.control, {pack_status_query(true)});
}

void act(self_pointer self, link_actions actions) {
  auto& state = self->state;
  send(self, state.control, std::move(actions.control));
  send(self, state.direct, actions.tasks);
  if (!state.device)
    send(self, state.tasks, std::move(actions.tasks));
  if (actions.joined_now)
    welcomed(self);
  if (actions.lost_now)
    end(self, state.end_code, actions.reason);
  schedule_tick(self);
}

/// A device deals to the engines that there are.
void told_engines(self_pointer self, const status_message& x) {
  auto& state = self->state;
  state.device->told(x, self->clock().now());
  state.session.deal_to(state.device->engines());
  schedule_tick(self);
}

void received_control(self_pointer self, const message_view& message) {
  auto& state = self->state;
  state.broken = false;
  if (auto refusal = message.get<wire::Refusal>())
    if (refusal->code() == wire::RefusalCode::Version)
      state.end_code = errc::version_mismatch;
  if (auto status = message.get<wire::Status>())
    if (auto x = read_status(*status)) {
      if (state.device)
        told_engines(self, *x);
      state.board->tell(std::move(*x));
    }
  if (auto cancelled = message.get<wire::Cancelled>())
    answered(state, *cancelled);
  if (auto why = message.get<wire::Why>())
    answered(state, *why);
  act(self, state.link->received(self->clock().now(), message));
}

void noticed(self_pointer self, const socket_event& x) {
  auto& state = self->state;
  if (x.what != socket_event::kind::disconnected || state.ended)
    return;
  if (x.tag != control_lane)
    return act(self, state.link->task_lane_disconnected(self->clock().now()));
  state.broken = true;
  check_alive(self);
  if (!state.ended)
    act(self, state.link->disconnected(self->clock().now()));
}

// -- task lane and direct lane ------------------------------------------------

/// A scheduler that does not know us wants to be joined again. One that refuses
/// tasks will not report them, so nobody shall wait for them.
void refused_tasks(self_pointer self, const wire::Refusal& refusal) {
  auto code = refusal.code();
  if (code != wire::RefusalCode::Limit && code != wire::RefusalCode::Malformed)
    return act(self, self->state.link->received_refusal(self->clock().now(),
                                                        refusal));
  auto text = refusal.text() != nullptr ? refusal.text()->str() : "";
  end(self, errc::failed, "its scheduler refused tasks: " + text);
}

template <class Session>
void received_task_message(self_pointer self, Session& session,
                           const message_view& message) {
  if (auto credit = message.get<wire::Credit>())
    session.credit(credit->tasks(), credit->bytes());
  else if (auto refusal = message.get<wire::Refusal>())
    refused_tasks(self, *refusal);
  else
    session.results(message); // broken ones are dropped
}

void received(self_pointer self, delivery& x) {
  auto& state = self->state;
  for (auto& frames : x.messages) {
    if (state.ended)
      return;
    auto message = message_view::make(std::move(frames));
    if (!message)
      continue;
    if (x.tag == control_lane)
      received_control(self, *message);
    else if (x.tag == direct_lane)
      received_task_message(self, state.casts, *message);
    else
      received_task_message(self, state.session, *message);
  }
  if (state.device && state.session.in_flight() == 0)
    state.device->nothing_in_flight();
  if (x.tag == task_lane)
    send_calls(self);
  else if (x.tag == direct_lane)
    send_casts(self);
}

void given_back(self_pointer self, returned& x) {
  auto& state = self->state;
  if (x.tag == control_lane || state.ended)
    return;
  auto sentence = "the task could not be sent to cluster \"" + state.cfg.cluster
                  + "\": " + to_string(x.reason);
  if (x.tag == direct_lane) {
    state.casts.returned(std::move(x.message), sentence);
    send_casts(self);
  } else {
    state.session.returned(std::move(x.message), sentence);
    send_calls(self);
  }
}

// -- the end ------------------------------------------------------------------

void stop(self_pointer self) {
  auto& state = self->state;
  act(self, state.link->leave("the client ended"));
  fail_requests(state, errc::no_cluster, "the session ended");
  self->send(state.control, atom::close_v);
  self->send(state.tasks, atom::close_v);
  self->send(state.direct, atom::close_v);
  self->quit();
}

void start(self_pointer self) {
  auto& state = self->state;
  auto owner = caf::actor_cast<socket_owner_actor>(self);
  self->send(state.control, atom::attach_v, owner);
  self->send(state.tasks, atom::attach_v, owner);
  self->send(state.direct, atom::attach_v, owner);
  state.link.emplace(state.cfg.link);
  if (state.cfg.device) {
    state.device.emplace(*state.cfg.device);
    state.session.deal_to(1);
  }
  act(self, state.link->start(self->clock().now()));
}

} // namespace

client_actor::behavior_type
client_session_actor(self_pointer self, client_actor_config cfg,
                     socket_actor control, socket_actor tasks,
                     socket_actor direct, client_board_ptr board) {
  self->state.cfg = std::move(cfg);
  self->state.control = std::move(control);
  self->state.tasks = std::move(tasks);
  self->state.direct = std::move(direct);
  self->state.board = std::move(board);
  start(self);
  return {
    [self](delivery& x) { received(self, x); },
    [self](returned& x) { given_back(self, x); },
    [self](const socket_event& x) { noticed(self, x); },
    [self](atom::submit) { take_calls(self); },
    [self](atom::status) {
      if (!self->state.ended)
        send(self, self->state.control, {pack_status_query(true)});
    },
    [self](atom::close) {
      if (!self->state.ended)
        send(self, self->state.control, {pack_shutdown("a client asked")});
    },
    [self](atom::tick) { tick(self); },
    [self](atom::stop) { stop(self); },
  };
}

} // namespace troupe
