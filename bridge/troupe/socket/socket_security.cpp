// SPDX-License-Identifier: BSL-1.0

// The part of the socket actor that knows who may do what.

#include "troupe/socket/counting.hpp"
#include "troupe/socket/socket_actor.hpp"

#include <utility>

namespace troupe {

caf::error socket_actor_impl::secure() {
  auto guard = peer_guard::secure(pump_->shared_context(), socket_.handle(),
                                  spec_.security);
  if (!guard)
    return std::move(guard.error());
  guard_ = std::move(*guard);
  if (guard_ != nullptr)
    guard_->watch_removals([bell = pump_->bell()] { bell->fire(); });
  return caf::none;
}

bool socket_actor_impl::watches_handshakes() const noexcept {
  return guard_ != nullptr
         || std::holds_alternative<plain_client>(spec_.security)
         || std::holds_alternative<curve_client>(spec_.security);
}

void socket_actor_impl::note_endpoint(const endpoint& where) {
  ++endpoints_;
  refused_ = false;
  if (guard_ != nullptr)
    guard_->note(where);
}

bool socket_actor_impl::admit(multipart& message) {
  if (guard_ == nullptr)
    return true;
  auto user_id = socket_.user_id();
  // An XPUB ends the subscriptions of a peer that went away by itself.
  if (spec_.type == socket_type::xpub && user_id.empty())
    return true;
  if (guard_->admit(user_id, message))
    return true;
  events_pending_ = true; // the owner shall know
  return false;
}

void socket_actor_impl::review_keys() {
  if (guard_ == nullptr || !guard_->outdated())
    return;
  guard_->review();
  events_pending_ = true; // the owner shall know
}

bool socket_actor_impl::cleared(const routing_id& peer) {
  return !refused_
         && (guard_ == nullptr || !addressed()
             || guard_->clear(peer) == clearance::granted);
}

ec socket_actor_impl::why_gone(const routing_id& peer) {
  if (refused_)
    return ec::key_refused;
  if (guard_ == nullptr || !addressed())
    return ec::peer_gone;
  if (guard_->clear(peer) == clearance::removed) {
    events_pending_ = true;
    return ec::key_removed;
  }
  guard_->forget(peer);
  return ec::peer_gone;
}

void socket_actor_impl::note_refusals() {
  if (guard_ != nullptr)
    return set_gauge(counters_.refused, guard_->refused());
  // ZeroMQ never tries again, so that everything would wait in vain.
  if (!monitor_->take_key_refused() || endpoints_ != 1)
    return;
  refused_ = true;
  for (auto& message : held_.take_all())
    give_back(ec::key_refused, message);
  set_gauge(counters_.held, 0);
  report_drained();
  retry_time_ = time_point::max();
  fail_all(requests_.take_all(), ec::key_refused);
}

void socket_actor_impl::note_connections() {
  auto changes = monitor_->take_changes();
  if (!intake_)
    return;
  for (auto& x : changes)
    if (x.began)
      intake_->began(x.fd);
    else
      intake_->ended(x.fd);
}

void socket_actor_impl::watch_intake(bool drained) {
  for (auto& x : intake_->judge(std::chrono::steady_clock::now(), drained)) {
    count(counters_.dropped);
    socket_event event;
    event.what = socket_event::kind::refused;
    event.reason = ec::too_large;
    event.text = "the peer at " + x.peer
                 + (x.proved ? " sent more than max_message without an end of "
                               "the message: its connection was cut"
                             : " sent more than 64 KiB before it proved who it "
                               "is: its connection was cut");
    report_event(std::move(event));
  }
  socket_.note_sources(intake_->curious());
}

void socket_actor_impl::report_event(socket_event event) {
  auto told_always = event.reason == ec::key_removed
                     || event.reason == ec::too_large;
  if (guard_ == nullptr && !told_always)
    told_always = event.reason == ec::key_refused
                  || event.reason == ec::wrong_server_key;
  if (!owner_ || (!spec_.watch && !told_always))
    return;
  event.tag = spec_.tag;
  send(owner_, std::move(event));
}

} // namespace troupe
