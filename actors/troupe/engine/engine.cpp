// SPDX-License-Identifier: BSL-1.0
#include "troupe/engine/engine.hpp"

#include "troupe/engine/device_frames.hpp"
#include "troupe/engine/engine_cancels.hpp"
#include "troupe/error.hpp"
#include "troupe/protocol/control.hpp"
#include "troupe/scheduling/cast_tree.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

// Joining:                              Working:
//
//  control <--Hello-- engine            tasks --Dispatch--> engine
//  control --Welcome--> engine          engine --dispatch()--> runner thread
//  control <--Ready-- engine            runner thread --finished--> engine
//  tasks <--Join-- engine               engine --take_results()--> runner
//  direct <--Join-- engine              tasks <--Results-- engine
//
// What comes from the direct lane goes back there. With a device there is no
// Join on the task lane, which is opened after the Welcome. With a broadcast
// tree, the direct lane leads to the leaf of the engine's number, and is opened
// then, too.

namespace troupe {

namespace {

using self_pointer = engine_pointer;

/// How long the bridge may take to open a socket.
constexpr auto open_limit = std::chrono::seconds{10};

hub_link_config link_config(engine_config cfg, const task_runner& runner) {
  hub_link_config result;
  result.hello.role = wire::Role::Engine;
  result.hello.name = std::move(cfg.name);
  result.hello.incarnation = cfg.incarnation;
  result.hello.pid = cfg.pid;
  result.hello.host = std::move(cfg.host);
  result.hello.functions = runner.functions().list();
  result.hello.means = std::move(cfg.means);
  result.endpoint = std::move(cfg.endpoint);
  result.connect_limit = cfg.connect_limit;
  return result;
}

outgoing to_outgoing(std::vector<buffer> envelopes) {
  outgoing result;
  for (auto& x : envelopes)
    result.messages.emplace_back(std::vector<buffer>{std::move(x)});
  return result;
}

engine_end end_of(const engine_state& state) {
  if (state.killed)
    return engine_end::killed;
  switch (state.link->state()) {
    case link_state::closed:
      return engine_end::goodbye;
    case link_state::refused:
      return state.wrong_version ? engine_end::version_mismatch
                                 : engine_end::refused;
    default:
      return engine_end::lost;
  }
}

void perform(self_pointer self, bool was_joined, link_actions actions);

/// Opens the way to the device, once.
void open_device(self_pointer self) {
  auto& state = self->state;
  if (state.tasks || !state.device->bridge)
    return;
  auto bridge = std::exchange(state.device->bridge, nullptr);
  self->request(bridge, open_limit, atom::open_v, state.device->socket)
    .then(
      [self](const open_socket& x) {
        self->state.tasks = x.handle;
        self->send(x.handle, atom::attach_v,
                   caf::actor_cast<socket_owner_actor>(self));
      },
      [self](const caf::error& err) {
        perform(self, true, {.lost_now = true, .reason = describe(err)});
      });
}

/// Sees to it that a `tick` comes when the link's next deadline does.
void tick_in_time(self_pointer self) {
  auto& state = self->state;
  auto due = state.link->next_deadline();
  if (!due || (state.tick_at && *state.tick_at <= *due))
    return;
  auto now = self->clock().now();
  state.tick_at = std::max(*due, now);
  self->delayed_send(self, *state.tick_at - now, atom::tick_v);
}

// -- the leaf -----------------------------------------------------------------

/// Ends since there is no way to the leaf.
void give_up_leaf(self_pointer self, const caf::error& why);

/// Takes over the socket to the leaf, unless the engine wants another by now.
void take_leaf(self_pointer self, std::uint32_t tag, const open_socket& x) {
  auto& state = self->state;
  if (tag != state.direct_tag || !state.link->next_deadline()) {
    self->send(x.handle, atom::close_v);
    return;
  }
  state.direct = x.handle;
  self->send(state.direct, atom::attach_v,
             caf::actor_cast<socket_owner_actor>(self));
  if (!state.leaf_join.empty())
    self->send(state.direct, to_outgoing(std::exchange(state.leaf_join, {})));
}

/// Opens a socket to the leaf of the engine's number, which is new.
void open_leaf(self_pointer self, std::uint32_t leaf) {
  auto& state = self->state;
  send_direct(self, atom::close_v);
  state.direct = nullptr;
  state.leaf = leaf;
  auto tag = ++state.direct_tag;
  auto spec = state.leaf_socket;
  spec.connect = {state.leaves[leaf]};
  spec.tag = tag;
  spec.ends_with = self->address();
  self->request(state.bridge, open_limit, atom::open_v, std::move(spec))
    .then([self, tag](const open_socket& x) { take_leaf(self, tag, x); },
          [self](const caf::error& why) { give_up_leaf(self, why); });
}

/// Joins the direct lane: that of all engines, or the leaf.
void join_direct(self_pointer self, const std::vector<buffer>& join) {
  auto& state = self->state;
  if (!state.leaves.empty()) {
    auto leaf = leaf_of(engine_id{state.link->id()}, state.leaves.size());
    if (state.leaf != leaf)
      open_leaf(self, leaf);
  }
  if (state.direct)
    self->send(state.direct, to_outgoing(join));
  else
    state.leaf_join = join;
}

void perform(self_pointer self, bool was_joined, link_actions actions) {
  auto& state = self->state;
  if (!actions.control.empty())
    self->send(state.control, to_outgoing(std::move(actions.control)));
  if (was_joined && !state.device
      && (actions.joined_now || !state.link->joined())) {
    // The scheduler has given our tasks to others. A device has not.
    state.runner->clear();
    state.unsent.clear();
    state.unsent_direct.clear();
  }
  if (actions.joined_now && state.device) {
    state.runner->name(state.link->name(), engine_id{state.link->id()});
    open_device(self);
  } else if (actions.joined_now) {
    state.runner->name(state.link->name());
  }
  if (!actions.tasks.empty()) {
    join_direct(self, actions.tasks);
    if (!state.device)
      self->send(state.tasks, to_outgoing(std::move(actions.tasks)));
  }
  if (actions.lost_now) {
    self->send(state.control, atom::close_v);
    if (state.tasks)
      self->send(state.tasks, atom::close_v);
    send_direct(self, atom::close_v);
    if (auto on_end = std::exchange(state.on_end, nullptr))
      on_end(end_of(state), std::move(actions.reason));
    self->quit();
    return;
  }
  tick_in_time(self);
}

/// Does `f`, an event of the link, and what follows from it.
template <class F>
void tell_link(self_pointer self, F f) {
  auto& state = self->state;
  auto was_joined = state.link->joined();
  perform(self, was_joined, f(*state.link, self->clock().now()));
}

void give_up_leaf(self_pointer self, const caf::error& why) {
  tell_link(self, [&](hub_link& link, auto) {
    return link.leave("it cannot reach its leaf: " + describe(why));
  });
}

void probe_later(self_pointer self, std::chrono::milliseconds pause) {
  auto& state = self->state;
  if (std::exchange(state.probing, true))
    return;
  state.probed_task = state.runner->current();
  self->delayed_send(self, pause, atom::probe_v);
}

/// Sends the results that are ready.
/// @returns whether to look for more, see `task_runner`.
bool send_results(self_pointer self) {
  auto& state = self->state;
  auto [messages, direct, look_again] = state.runner->take_results();
  if (!state.link->joined()) {
    if (!state.device)
      return false; // nobody waits for them any more
    direct.clear();
  }
  if (state.device)
    add_addresses(messages);
  if (!messages.empty())
    self->send(state.tasks, outgoing{std::move(messages)});
  if (!direct.empty())
    send_direct(self, outgoing{std::move(direct)});
  return look_again;
}

void probe(self_pointer self) {
  auto& state = self->state;
  state.probing = false;
  auto task = state.runner->current();
  auto same_task = task != 0 && task == state.probed_task;
  if (!state.unsent.empty())
    self->send(state.tasks, outgoing{std::exchange(state.unsent, {})});
  if (!state.unsent_direct.empty())
    send_direct(self, outgoing{std::exchange(state.unsent_direct, {})});
  if (send_results(self) && !same_task)
    probe_later(self, task_runner::look_again);
}

void tick(self_pointer self) {
  auto& state = self->state;
  if (state.tick_at && self->clock().now() < *state.tick_at)
    return; // an earlier one replaced it, and another is pending
  state.tick_at.reset();
  tell_link(self, [](hub_link& link, auto now) { return link.tick(now); });
}

void receive_control(self_pointer self, multipart x) {
  auto& state = self->state;
  auto message = message_view::make(std::move(x));
  if (!message) {
    ++state.dropped;
    return;
  }
  if (auto refusal = message->get<wire::Refusal>())
    state.wrong_version = refusal->code() == wire::RefusalCode::Version;
  if (auto message_body = message->get<wire::Revoke>())
    return revoke(self, *message_body);
  state.link->load(state.runner->queued(), state.runner->done());
  tell_link(self, [&](hub_link& link, auto now) {
    return link.received(now, *message);
  });
}

void receive_tasks(self_pointer self, task_source from, multipart x) {
  auto& state = self->state;
  if (state.killed) {
    ++state.dropped; // after our goodbye, its sender runs it elsewhere
    return;
  }
  // What comes through a device comes from clients: nothing but tasks.
  auto from_device = state.device && from == task_source::balanced;
  if (from_device && !take_address(x)) {
    ++state.dropped;
    return;
  }
  auto message = message_view::make(std::move(x));
  if (!message) {
    ++state.dropped;
  } else if (auto refusal = message->get<wire::Refusal>();
             refusal != nullptr && !from_device) {
    tell_link(self, [&](hub_link& link, auto now) {
      return link.received_refusal(now, *refusal);
    });
  } else if (!state.link->joined() && !from_device) {
    ++state.dropped;
  } else if (auto wish = message->get<wire::GiveBack>();
             wish != nullptr && from == task_source::balanced && !from_device) {
    state.runner->give_back(wish->tasks());
    if (send_results(self))
      probe_later(self, task_runner::look_again);
  } else if (auto held_back = state.runner->dispatch(std::move(*message),
                                                     from)) {
    if (*held_back)
      probe_later(self, task_runner::look_again);
  } else {
    ++state.dropped;
  }
}

/// Whether this comes from a socket to a leaf that the engine left.
bool is_old(const engine_state& state, std::uint32_t tag) {
  return tag >= direct_lane && tag != state.direct_tag;
}

void receive(self_pointer self, delivery& x) {
  for (auto& message : x.messages) {
    if (!self->state.link->next_deadline())
      return; // a message before this one ended the link
    if (is_old(self->state, x.tag))
      return;
    if (x.tag == control_lane)
      receive_control(self, std::move(message));
    else
      receive_tasks(
        self, x.tag == task_lane ? task_source::balanced : task_source::direct,
        std::move(message));
  }
}

/// Keeps results that had no room. Everything else is repeated by the link.
void take_back(self_pointer self, returned& x) {
  auto& state = self->state;
  auto wanted = (state.link->joined() && !is_old(state, x.tag))
                || (state.device && x.tag == task_lane);
  if (x.tag != control_lane && x.reason == ec::peer_full && wanted) {
    auto& unsent = x.tag == task_lane ? state.unsent : state.unsent_direct;
    unsent.push_back(std::move(x.message));
    probe_later(self, state.resend);
  } else {
    ++state.dropped;
  }
}

} // namespace

engine_actor::behavior_type
engine(self_pointer self, engine_config cfg, socket_actor control,
       socket_actor tasks, socket_actor direct,
       std::shared_ptr<task_runner> runner, engine_end_listener on_end) {
  auto& state = self->state;
  state.resend = cfg.resend;
  state.stop_grace = cfg.stop_grace;
  state.device = std::move(cfg.device);
  state.leaves = std::move(cfg.leaves);
  state.bridge = std::move(cfg.bridge);
  state.leaf_socket = std::move(cfg.leaf_socket);
  state.link.emplace(link_config(std::move(cfg), *runner));
  state.control = std::move(control);
  state.tasks = std::move(tasks);
  state.direct = std::move(direct);
  state.runner = std::move(runner);
  state.on_end = std::move(on_end);
  auto owner = caf::actor_cast<socket_owner_actor>(self);
  self->send(state.control, atom::attach_v, owner);
  if (state.tasks)
    self->send(state.tasks, atom::attach_v, owner);
  send_direct(self, atom::attach_v, owner);
  tell_link(self, [](hub_link& link, auto now) { return link.start(now); });
  return {
    [self](delivery& x) { receive(self, x); },
    [self](returned& x) { take_back(self, x); },
    [self](const socket_event& x) {
      if (x.what != socket_event::kind::disconnected
          || is_old(self->state, x.tag))
        return;
      tell_link(self, [tag = x.tag](hub_link& link, auto now) {
        return tag == control_lane ? link.disconnected(now)
                                   : link.task_lane_disconnected(now);
      });
    },
    [self](atom::finished) {
      look_at_limit(self);
      if (send_results(self))
        probe_later(self, task_runner::look_again);
    },
    [self](atom::probe) { probe(self); },
    [self](atom::revoke) {
      self->state.look_at.reset();
      self->state.runner->control().look_planned(std::nullopt);
      look_at_limit(self);
    },
    [self](atom::tick) { tick(self); },
    [self](atom::stop) {
      tell_link(self, [](hub_link& link, auto) {
        return link.leave("the engine was stopped");
      });
    },
  };
}

} // namespace troupe
