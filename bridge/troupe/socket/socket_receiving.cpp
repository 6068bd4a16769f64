// SPDX-License-Identifier: BSL-1.0

// The part of the socket actor that receives.

#include "troupe/socket/counting.hpp"
#include "troupe/socket/socket_actor.hpp"
#include "troupe/socket/turn.hpp"
#include "troupe/socket/zmq_options.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace troupe {

bool socket_actor_impl::wanted() const noexcept {
  // Credit comes as input, too, and more may be waiting for it.
  if (closing_)
    return (link_ && link_->knows_credit() && !held_.empty())
           || !requests_.empty();
  return owner_ || !requests_.empty() || (link_ && has_room());
}

bool socket_actor_impl::reading() {
  // The flow comes first: it has to learn that it may be open again.
  return flow_->open() && socket_.receives() && wanted();
}

void socket_actor_impl::read() {
  std::vector<multipart> batch;
  batch.reserve(usual_batch_);
  auto received = std::uint64_t{0};
  auto frames = std::uint64_t{0};
  auto bytes = std::uint64_t{0};
  multipart message;
  auto left = spec_.max_batch;
  auto taken = std::size_t{0};
  for (; left > 0 && taken < max_turn_bytes; --left) {
    auto result = socket_.receive(message);
    if (result == receive_result::nothing)
      break;
    if (intake_)
      note_intake(message, result);
    if (result == receive_result::dropped)
      note_dropped(message);
    if (result == receive_result::dropped || !admit(message)) {
      count(counters_.dropped);
      socket_.decline();
      continue;
    }
    auto size = message.size_bytes();
    taken += size;
    if (link_) {
      read_link(message, batch);
      if (batch.size() < spec_.max_batch)
        continue;
      left = 0;
      break;
    }
    ++received;
    frames += message.frames.size();
    bytes += size;
    if (accept(message, batch))
      batch.push_back(std::move(message));
  }
  pending_ = left == 0 || taken >= max_turn_bytes;
  if (link_) {
    for (auto& x : batch) {
      frames += x.frames.size();
      bytes += x.size_bytes();
    }
    received = batch.size();
    if (spec_.type == socket_type::dealer) // others get no replies
      std::erase_if(batch, [this](multipart& x) { return answer(x); });
    if (batch.empty())
      link_->forget_tickets();
  }
  if (received == 0)
    return;
  count(counters_.messages_received, received);
  count(counters_.frames_received, frames);
  count(counters_.bytes_received, bytes);
  if (!batch.empty())
    deliver(std::move(batch));
}

void socket_actor_impl::note_intake(const multipart& message,
                                    receive_result result) {
  std::optional<std::size_t> cut;
  if (result == receive_result::dropped)
    cut = socket_.cut_bytes();
  intake_->delivered(socket_.source(), message, cut);
}

void socket_actor_impl::note_dropped(multipart& message) {
  auto chosen = spec_.type == socket_type::router && spec_.generated_ids_only
                && !message.peer.generated();
  if (chosen)
    note_refusal(message.peer, ec::chosen_routing_id, [] {
      return "a message was dropped: its peer chose its own routing id";
    });
  else
    note_refusal(message.peer, ec::too_large, [] {
      return "a message was dropped: it has more than max_frames frames or "
             "max_message bytes";
    });
  note_cut(message);
}

bool socket_actor_impl::accept(multipart& message,
                               std::vector<multipart>& batch) {
  if (auto event = notices_.read(message)) {
    if (!batch.empty())
      deliver(std::exchange(batch, {}));
    tell(std::move(event));
    return false;
  }
  return !answer(message);
}

std::uint64_t socket_actor_impl::most_unread() const noexcept {
  constexpr auto few_peers = std::uint64_t{8};
  auto peers = few_peers + (monitor_ ? monitor_->connections() : 0);
  auto queue = static_cast<std::uint64_t>(receive_hwm(spec_));
  // Inproc sockets have one queue of both ends' marks.
  return queue == 0 ? std::numeric_limits<std::uint64_t>::max()
                    : 2 * queue * peers;
}

send_result socket_actor_impl::unless_unread(send_result x) {
  if (x != send_result::peer_gone || last_words_.late() || !wanted()
      || !socket_.readable())
    return x;
  last_words_.begin(socket_.taken(), most_unread());
  return send_result::would_block;
}

void socket_actor_impl::note_events() {
  events_pending_ = false;
  unreported_ = true;
  if (monitor_ == nullptr)
    return;
  monitor_->update();
  note_connections();
  if (link_)
    watch_link();
  if (std::exchange(known_ended_, monitor_->ended()) == monitor_->ended())
    return;
  last_words_.begin(socket_.taken(), most_unread());
  if (waits_for_connection_ && endpoints_ <= 1)
    requests_.mark_lost(); // of several, nobody knows which
  if (link_)
    suspect_peers();
}

void socket_actor_impl::report_events() {
  unreported_ = false;
  if (monitor_ == nullptr)
    return;
  note_refusals();
  if (!owner_ && (spec_.watch || watches_handshakes()))
    return; // it shall learn what happened before it came
  for (auto& event : monitor_->take())
    if (guard_ == nullptr || event.reason != ec::key_refused)
      report_event(std::move(event)); // the guard knows whom it refused
  if (guard_ != nullptr)
    for (auto& event : guard_->take_events())
      report_event(std::move(event));
}

} // namespace troupe
