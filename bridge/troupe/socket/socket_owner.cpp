// SPDX-License-Identifier: BSL-1.0

// The part of the socket actor that serves its owner, and ends with it.

#include "troupe/socket/counting.hpp"
#include "troupe/socket/socket_actor.hpp"

#include <caf/actor_cast.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace troupe {

void socket_actor_impl::attach_owner(socket_owner_actor owner) {
  let_go_of_owner();
  owner_ = std::move(owner);
  if (owner_ && owner_.address() != spec_.ends_with)
    monitor(owner_);
  pending_ = true;
  events_pending_ = true;
  if (owner_ && !unclaimed_.empty())
    deliver(std::exchange(unclaimed_, {}));
}

void socket_actor_impl::let_go_of_owner() {
  if (owner_ && owner_.address() != spec_.ends_with)
    demonitor(owner_.address()); // or CAF remembers us as long as it lives
  owner_ = nullptr;
}

void socket_actor_impl::watch_keeper() {
  if (!spec_.ends_with)
    return;
  if (auto keeper = caf::actor_cast<caf::strong_actor_ptr>(spec_.ends_with))
    monitor(keeper); // tells at once if it has ended
  else
    send(this, atom::close_v);
}

void socket_actor_impl::tell(std::optional<socket_event> event) {
  if (!event || !owner_)
    return;
  event->tag = spec_.tag;
  send(owner_, std::move(*event));
}

void socket_actor_impl::deliver(std::vector<multipart> messages) {
  if (!owner_ && closing_) {
    count(counters_.dropped, messages.size());
    if (link_)
      link_->forget_tickets();
    return;
  }
  if (!owner_) {
    std::move(messages.begin(), messages.end(), std::back_inserter(unclaimed_));
    return;
  }
  usual_batch_ = messages.size();
  auto ticket = flow_->take_ticket();
  if (link_)
    ticket = link_->ticket(std::move(ticket));
  send(owner_, delivery{spec_.tag, std::move(messages), std::move(ticket)});
}

} // namespace troupe
