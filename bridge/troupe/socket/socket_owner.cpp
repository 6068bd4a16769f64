// SPDX-License-Identifier: BSL-1.0

// The part of the socket actor that serves its owner, and ends with it.

#include "troupe/socket/counting.hpp"
#include "troupe/socket/socket_actor.hpp"

#include <caf/actor_cast.hpp>

#include <utility>

namespace troupe {

void socket_actor_impl::attach_owner(socket_owner_actor owner) {
  let_go_of_owner();
  owner_ = std::move(owner);
  full_.clear(); // the new one was not told
  if (owner_ && owner_.address() != spec_.ends_with)
    monitor(owner_);
  pending_ = true;
  events_pending_ = true;
  if (owner_ && !unclaimed_.empty())
    deliver(std::exchange(unclaimed_, {}));
  unclaimed_bytes_ = 0;
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

void socket_actor_impl::note_refusal(
  const routing_id& peer, ec reason,
  const std::function<std::string()>& explain) {
  if (owner_)
    tell(refusals_.note(spec_.tag, peer, reason,
                        std::chrono::steady_clock::now(), explain));
}

void socket_actor_impl::report_refusals() {
  auto now = std::chrono::steady_clock::now();
  if (refusals_.deadline() <= now)
    for (auto& event : refusals_.take(now))
      tell(std::move(event));
}

void socket_actor_impl::deliver(std::vector<multipart> messages) {
  if (!owner_ && closing_) {
    count(counters_.dropped, messages.size());
    if (link_)
      link_->forget_tickets();
    return;
  }
  if (!owner_)
    return keep(std::move(messages));
  usual_batch_ = messages.size();
  auto ticket = flow_->take_ticket();
  if (link_)
    ticket = link_->ticket(std::move(ticket));
  send(owner_, delivery{spec_.tag, std::move(messages), std::move(ticket)});
}

bool socket_actor_impl::has_room() const noexcept {
  return unclaimed_.size() < spec_.max_batch
         && unclaimed_bytes_ < spec_.window_bytes;
}

void socket_actor_impl::keep(std::vector<multipart> messages) {
  // Where nobody asks, nothing is read without room, and a bundle stays whole.
  auto whole = link_ && has_room();
  for (auto& x : messages) {
    if (!whole && !has_room()) {
      count(counters_.dropped);
      continue;
    }
    unclaimed_bytes_ += x.size_bytes();
    unclaimed_.push_back(std::move(x));
  }
  spare_credit();
}

void socket_actor_impl::spare_credit() {
  if (link_ && !owner_ && !requests_.empty())
    link_->forget_tickets(); // or there is no credit left for answers
}

} // namespace troupe
