// SPDX-License-Identifier: BSL-1.0
#include "roll_call.hpp"

#include <troupe/request_envelope.hpp>
#include <troupe/text_frames.hpp>

#include <utility>

using namespace troupe;

std::size_t roll_call_state::call(std::string_view who) {
  auto i = calls_.find(who);
  if (i == calls_.end() && calls_.size() >= max_names)
    return 0;
  if (i == calls_.end())
    i = calls_.emplace(who, 0).first;
  return ++i->second;
}

std::size_t roll_call_state::names() const noexcept {
  return calls_.size();
}

roll_call_actor::behavior_type
roll_call(roll_call_actor::stateful_pointer<roll_call_state> self,
          socket_actor socket) {
  self->send(socket, atom::attach_v, socket_owner_actor{self});
  return {
    [self, socket](delivery& x) {
      outgoing answers; // all that arrived together is answered together
      for (auto& message : x.messages) {
        auto count = self->state.call(text_at(payload_of(message), 0));
        auto text = buffer::adopt(std::to_string(count));
        answers.messages.push_back(reply_to(message, std::move(text)));
      }
      self->send(socket, std::move(answers));
    },
    [](returned&) {
      // The peer has left, so nobody waits for this answer.
    },
    [](socket_event&) {
      // `full` and `drained` come always, the others if the spec says `watch`.
    },
    [self](caf::get_atom) -> std::uint64_t { return self->state.names(); },
  };
}
