// SPDX-License-Identifier: BSL-1.0
#include "ring_all_reduce.hpp"

#include <utility>

using namespace troupe;

namespace {

using self_pointer = ring_node_actor::stateful_pointer<ring_node_state>;

void fail(self_pointer self, caf::error why) {
  self->state.sum.stop();
  if (self->state.asker.pending())
    self->state.asker.deliver(std::move(why));
}

void send(self_pointer self, const socket_actor& right,
          std::optional<buffer> chunk) {
  if (chunk)
    self->send(right, multipart{std::move(*chunk)});
}

/// Works off what came from the left, and answers when all sums are there.
void advance(self_pointer self, const socket_actor& right) {
  auto& state = self->state;
  while (!state.sum.done() && !state.early.empty()) {
    auto next = state.sum.take(std::move(state.early.front()));
    state.early.pop_front();
    if (!next)
      return fail(self, std::move(next.error()));
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
      for (auto& message : x.messages)
        self->state.early.push_back(std::move(message.frames.front()));
      advance(self, right);
    },
    [=](returned& x) {
      fail(self, make_error(x.reason, "the next node of the ring is gone"));
    },
    [](socket_event&) {},
    [=](caf::add_atom, multipart& numbers) -> caf::result<multipart> {
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
