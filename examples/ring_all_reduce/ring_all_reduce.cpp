// SPDX-License-Identifier: BSL-1.0
#include "ring_all_reduce.hpp"

#include <utility>

using namespace troupe;

namespace {

using self_pointer = ring_node_actor::stateful_pointer<ring_node_state>;

void send(self_pointer self, const socket_actor& right,
          std::optional<buffer> chunk) {
  if (chunk)
    self->send(right, multipart{std::move(*chunk)});
}

/// Ends the ring: what is on its way belongs to sums that nobody will have.
void fail(self_pointer self, const socket_actor& right, caf::error why) {
  auto& state = self->state;
  if (state.broken)
    return;
  state.broken = std::move(why);
  state.sum.stop();
  state.early.clear();
  send(self, right, buffer::copy_of("!")); // fits nowhere: the next one fails
  if (state.asker.pending())
    state.asker.deliver(state.broken);
}

/// Works off what came from the left, and answers when all sums are there.
void advance(self_pointer self, const socket_actor& right) {
  auto& state = self->state;
  while (!state.sum.done() && !state.early.empty()) {
    auto next = state.sum.take(std::move(state.early.front()));
    state.early.pop_front();
    if (!next)
      return fail(self, right, std::move(next.error()));
    send(self, right, std::move(*next));
  }
  auto& sums = state.sum.chunks();
  if (state.sum.done() && state.asker.pending())
    state.asker.deliver(multipart{frame_list{sums.begin(), sums.end()}});
}

} // namespace

ring_node_actor::behavior_type ring_node(self_pointer self, socket_actor left,
                                         socket_actor right, std::size_t rank,
                                         std::size_t nodes) {
  self->state.sum.place(rank, nodes);
  self->send(left, atom::attach_v, socket_owner_actor{self});
  self->send(right, atom::attach_v, socket_owner_actor{self});
  return {
    [=](delivery& x) {
      if (self->state.broken)
        return;
      for (auto& message : x.messages)
        self->state.early.push_back(std::move(message.frames.front()));
      advance(self, right);
      if (self->state.early.size() > nodes) // no neighbour is so far ahead
        fail(self, right, make_error(ec::limit_reached, "too many chunks"));
    },
    [=](returned& x) {
      fail(self, right,
           make_error(x.reason, "the next node of the ring is gone"));
    },
    [](socket_event&) {},
    [=](caf::add_atom, multipart& numbers) -> caf::result<multipart> {
      if (self->state.broken)
        return self->state.broken;
      if (self->state.asker.pending())
        return make_error(ec::limit_reached, "the ring adds one array a time");
      if (numbers.frames.size() != 1 || !numbers.frames[0].fits<double>())
        return make_error(ec::bad_frames, "one frame of doubles is needed");
      self->state.asker = self->make_response_promise<multipart>();
      auto result = self->state.asker;
      send(self, right, self->state.sum.start(numbers.frames.front()));
      advance(self, right);
      return result;
    },
  };
}
