// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/broadcast_root.hpp"

#include "troupe/error.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

namespace troupe {

namespace {

using self_pointer =
  broadcast_root_actor::stateful_pointer<broadcast_root_state>;

/// How long the socket, then leaves, may take to tell their counts: together
/// less than the hub waits for them. A leaf asks its socket, too.
constexpr auto counters_timeout = std::chrono::milliseconds{200};
constexpr auto leaf_timeout = std::chrono::milliseconds{700};

/// How long leaves may take to answer what the hub asks for a client.
constexpr auto request_timeout = std::chrono::seconds{50};

/// Sends what follows from the events of one activation.
void flush(self_pointer self) {
  auto& state = self->state;
  auto actions = state.core->flush();
  for (std::size_t i = 0; i < state.leaves.size(); ++i)
    if (!actions.orders[i].casts.empty())
      state.leaves[i].order(std::move(actions.orders[i]));
  if (!actions.messages.empty())
    self->send(state.socket, outgoing{std::move(actions.messages)});
  if (state.hub)
    for (auto id : actions.gone_clients)
      self->send(state.hub, atom::gone_v, id);
  if (state.core->needs_tick() && !std::exchange(state.ticking, true))
    self->delayed_send(self, state.resend, atom::tick_v);
}

/// Passes one event to the rules and sends what follows from it.
template <class Event>
void on(self_pointer self, Event event) {
  event(*self->state.core);
  flush(self);
}

/// Asks all leaves, adds up what they answer with `add(sum, answer)`, and
/// delivers that. A leaf that does not answer counts for nothing.
template <class Result, class Add, class... Question>
void ask_leaves(self_pointer self, caf::typed_response_promise<Result> promise,
                Result sum, Add add, std::chrono::milliseconds limit,
                const Question&... question) {
  struct pending {
    caf::typed_response_promise<Result> promise;
    Result sum;
    std::size_t missing;
  };
  auto& leaves = self->state.leaves;
  auto all = std::make_shared<pending>(
    pending{std::move(promise), std::move(sum), leaves.size()});
  auto done = [all] {
    if (--all->missing == 0)
      all->promise.deliver(std::move(all->sum));
  };
  for (auto& leaf : leaves)
    self->request(leaf.handle, limit, question...)
      .then(
        [all, add, done](const Result& x) {
          add(all->sum, x);
          done();
        },
        [done](const caf::error&) { done(); });
}

/// Adds a leaf, whose engines no other leaf has.
void add_leaf(scheduler_status& sum, const scheduler_status& leaf) {
  auto counts = leaf;
  auto engines = std::exchange(counts.engines, {});
  counts.accepted = counts.reported = 0; // the root has counted them
  add(sum, counts);
  std::ranges::move(engines, std::back_inserter(sum.engines));
  std::ranges::sort(sum.engines, {}, &scheduler_status::engine::id);
}

/// Adds what a leaf says, which may be that it does not know.
void add_reasons(wait_reports& sum, const wait_reports& leaf) {
  for (auto& x : leaf.reports) {
    auto same = std::ranges::find(sum.reports, x.reason, &wait_report::reason);
    auto unknown = sum.reports.size() == 1
                   && sum.reports[0].reason == wire::WaitReason::Unknown;
    if (unknown)
      sum.reports[0] = x;
    else if (same != sum.reports.end())
      same->count += x.count;
    else if (x.reason != wire::WaitReason::Unknown)
      sum.reports.push_back(x);
  }
}

/// Adds the socket's counters, unless it does not answer, and the leaves.
caf::result<scheduler_status> status(self_pointer self) {
  auto promise = self->make_response_promise<scheduler_status>();
  auto ask = [self, promise](const socket_counters& frames) {
    auto sum = self->state.core->status();
    sum.frames = frames;
    ask_leaves(self, promise, std::move(sum), add_leaf, leaf_timeout,
               atom::status_v);
  };
  self->request(self->state.socket, counters_timeout, atom::counters_v)
    .then(ask, [ask](const caf::error&) { ask({}); });
  return promise;
}

caf::result<cancel_counts> cancel(self_pointer self, client_id id,
                                  const cancel_request& x) {
  auto promise = self->make_response_promise<cancel_counts>();
  auto add = [](cancel_counts& sum, const cancel_counts& y) {
    sum.dequeued += y.dequeued;
    sum.asked += y.asked;
    sum.killed += y.killed;
  };
  // Leaves get this after all orders: in one mailbox, from one sender.
  ask_leaves(self, promise, self->state.core->cancel(id, x), add,
             request_timeout, atom::cancel_v, id, x);
  return promise;
}

caf::result<wait_reports> why(self_pointer self, const why_query& x) {
  auto promise = self->make_response_promise<wait_reports>();
  ask_leaves(self, promise, self->state.core->why(x.task), add_reasons,
             request_timeout, atom::why_v, x);
  return promise;
}

/// Ends with a leaf that ended.
void end_with_leaves(self_pointer self) {
  self->set_down_handler([self](const caf::down_msg& x) {
    self->quit(make_error(ec::closed, "a leaf of the broadcast tree ended: "
                                        + describe(x.reason)));
  });
  for (auto& leaf : self->state.leaves)
    self->monitor(leaf.handle);
}

} // namespace

broadcast_root_actor::behavior_type
broadcast_root(self_pointer self, direct_scheduler_config cfg,
               socket_actor socket, std::vector<broadcast_leaf> leaves) {
  auto& state = self->state;
  state.core.emplace(cfg, static_cast<std::uint32_t>(leaves.size()));
  state.socket = std::move(socket);
  state.leaves = std::move(leaves);
  state.resend = cfg.resend;
  end_with_leaves(self);
  self->send(state.socket, atom::attach_v,
             caf::actor_cast<socket_owner_actor>(self));
  return {
    [](atom::admit, const engine_joined&) {
      // nop, its leaf knows
    },
    [self](atom::admit, client_id id, std::uint64_t token) {
      on(self, [&](auto& core) { core.admit(id, token); });
    },
    [](atom::lost, engine_id) {
      // nop, its leaf knows
    },
    [self](atom::lost, client_id id) {
      for (auto& leaf : self->state.leaves)
        self->send(leaf.handle, atom::lost_v, id);
      on(self, [&](auto& core) { core.lose(id); });
    },
    [self](atom::cancel, client_id id, const cancel_request& x) {
      return cancel(self, id, x);
    },
    [self](atom::why, const why_query& x) { return why(self, x); },
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
    [self](leaf_report& x) {
      on(self, [&](auto& core) { core.collect(std::move(x)); });
    },
  };
}

} // namespace troupe
