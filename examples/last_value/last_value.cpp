// SPDX-License-Identifier: BSL-1.0
#include "last_value.hpp"

#include <utility>

using namespace troupe;

bool last_value_state::put(const std::string& topic, buffer value) {
  if (values_.size() >= max_topics && !values_.contains(topic))
    return false;
  values_.insert_or_assign(topic, std::move(value));
  return true;
}

std::vector<multipart>
last_value_state::matches(std::string_view prefix) const {
  std::vector<multipart> result;
  for (auto i = values_.lower_bound(prefix);
       i != values_.end() && i->first.starts_with(prefix); ++i)
    result.emplace_back(frame_list{buffer::copy_of(i->first), i->second});
  return result;
}

last_value_actor::behavior_type
last_value(last_value_actor::stateful_pointer<last_value_state> self,
           socket_actor socket) {
  self->send(socket, atom::attach_v, socket_owner_actor{self});
  return {
    [](delivery&) {
      // Subscribers have nothing to say but what they subscribe to.
    },
    [](returned&) {
      // A subscriber is too slow. The last values follow at `drained`.
    },
    [self, socket](socket_event& x) {
      if (x.what == socket_event::kind::subscribed)
        self->send(socket, outgoing{self->state.matches(x.text)});
      if (x.what == socket_event::kind::drained)
        self->send(socket, outgoing{self->state.matches("")});
    },
    [self, socket](caf::put_atom, const std::string& topic,
                   std::string& value) -> caf::result<void> {
      auto bytes = buffer::adopt(std::move(value));
      if (!self->state.put(topic, bytes))
        return make_error(ec::limit_reached, "there are too many topics");
      self->send(socket, multipart{{buffer::copy_of(topic), bytes}});
      return caf::unit;
    },
  };
}
