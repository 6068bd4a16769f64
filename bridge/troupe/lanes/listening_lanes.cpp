// SPDX-License-Identifier: BSL-1.0
#include "troupe/lanes/listening_lanes.hpp"

#include <algorithm>

namespace troupe {

namespace {

using namespace std::chrono_literals;

/// A ROUTER learns a little later than its monitor that a connection is gone:
/// so often we ask, with pauses that double from the first on.
constexpr auto max_probes = 6;
constexpr auto first_probe_pause = 10ms;

/// Strangers may come and go as often as they like: so often we ask anew.
constexpr auto series_pause = 100ms;

} // namespace

// -- events -------------------------------------------------------------------

void listening_lanes::note(lane via, const socket_event& x, time_point now) {
  if (x.what == socket_event::kind::refused) {
    auto text = "the " + std::string{to_string(via)} + " lane: " + x.text;
    if (x.reason == ec::key_removed)
      suspect(via, now); // whose peer it is, its connection tells at once
    if (x.reason == ec::key_removed || refuses_messages(x))
      refused(x.reason, std::move(text), nullptr, std::max(x.value, 1u));
    else
      refuse(via, {}, x.reason, text, nullptr, now);
    return;
  }
  if (x.what == socket_event::kind::disconnected)
    suspect(via, now + first_probe_pause);
}

void listening_lanes::suspect(lane via, time_point probe_time) {
  suspicious_[via] = true;
  next_series_ = std::min(next_series_,
                          std::max(probe_time, last_series_ + series_pause));
}

void listening_lanes::drop(peer_id peer, time_point now) {
  apply(table_.drop(peer, ec::closed, "dropped by this side"), now);
}

void listening_lanes::say_goodbye() {
  for (auto via : all_lanes)
    for (auto& connection : table_.connections(via)) {
      lane_header header;
      header.word = lane_word::goodbye;
      send_header(via, connection, header);
    }
}

// -- peers --------------------------------------------------------------------

const routing_id* listening_lanes::connection_to(peer_id peer, lane via) const {
  return table_.connection_to(peer, via);
}

peer_id listening_lanes::peer_of(lane via, const routing_id& connection,
                                 bool past) const {
  return past ? table_.past_peer_of(via, connection)
              : table_.peer_of(via, connection);
}

void listening_lanes::handle(lane via, const multipart& message,
                             const lane_header& header, time_point now) {
  switch (header.word) {
    case lane_word::hello:
      return say_hello(via, message, header, now);
    case lane_word::goodbye:
      return apply(table_.goodbye(via, message.peer, now), now);
    default:
      return misbehaved(via, message, ec::unexpected_message,
                        "only a listening side sends that", now);
  }
}

void listening_lanes::say_hello(lane via, const multipart& message,
                                const lane_header& header, time_point now) {
  auto wrong = [&](ec reason, std::string text) {
    lane_change change;
    change.what = peer_event::kind::refused;
    change.connections[via] = message.peer;
    change.reason = reason;
    change.text = std::move(text);
    change.user = message.user;
    apply({change}, now);
  };
  if (header.version != lane_header::current_version)
    return wrong(ec::version_mismatch,
                 "the peer speaks version " + std::to_string(header.version)
                   + " of the lane protocol, we speak version "
                   + std::to_string(lane_header::current_version));
  if (header.via != via)
    return wrong(ec::unexpected_message,
                 "the endpoints are mixed up: this is the "
                   + std::string{to_string(via)} + " lane");
  apply(table_.hello(via, message.peer, header.link, message.user, now), now);
}

void listening_lanes::meet_stranger(lane via, const multipart& message,
                                    time_point now) {
  // What a peer sent before it knew that it had left is nobody's fault.
  auto past = table_.past_peer_of(via, message.peer) != peer_id{};
  if (past ? !table_.remind(via, message.peer)
           : !refuse(via, message.peer, ec::unknown_peer,
                     "a message on the " + std::string{to_string(via)}
                       + " lane came from a connection that has not joined",
                     message.user, now))
    return;
  lane_header answer;
  answer.word = lane_word::refusal;
  answer.reason = ec::unknown_peer;
  answer.text = "say hello first";
  send_header(via, message.peer, answer);
}

void listening_lanes::misbehaved(lane via, const multipart& message, ec reason,
                                 const std::string& text, time_point now) {
  auto changes = table_.lost(via, message.peer, reason, text);
  if (changes.empty() && table_.past_peer_of(via, message.peer) == peer_id{})
    refuse(via, message.peer, reason, text, message.user, now);
  apply(changes, now);
}

void listening_lanes::lost(lane via, const routing_id& connection, ec reason,
                           const std::string& text, time_point now) {
  apply(table_.lost(via, connection, reason, text), now);
}

bool listening_lanes::refuse(lane via, const routing_id& connection, ec reason,
                             const std::string& text, identity_ptr user,
                             time_point now) {
  auto event = refusals_.note(static_cast<std::uint32_t>(via), connection,
                              reason, now, [&] { return text; });
  if (event)
    refused(reason, std::move(event->text), std::move(user), event->value);
  return event.has_value();
}

bool listening_lanes::refuse(const lane_change& x, time_point now) {
  for (auto via : all_lanes)
    if (!x.connections[via].empty())
      return refuse(via, x.connections[via], x.reason, x.text, x.user, now);
  return false; // each change names a connection
}

void listening_lanes::apply(const std::vector<lane_change>& changes,
                            time_point now) {
  for (auto& x : changes) {
    switch (x.what) {
      case peer_event::kind::joined:
        tell(x, lane_word::welcome);
        joined(x.peer, x.user);
        break;
      case peer_event::kind::left:
        tell(x, lane_word::refusal);
        left(x.peer, x.reason, x.text, x.user);
        break;
      case peer_event::kind::refused:
        if (refuse(x, now))
          tell(x, lane_word::refusal);
        break;
    }
  }
}

/// Tells the other side, on each lane that is known. Some may be gone.
void listening_lanes::tell(const lane_change& change, lane_word word) {
  lane_header header;
  header.word = word;
  header.link = change.link;
  header.reason = change.reason;
  header.text = change.text;
  for (auto via : all_lanes)
    if (!change.connections[via].empty())
      send_header(via, change.connections[via], header);
}

// -- time ---------------------------------------------------------------------

void listening_lanes::tick_link(time_point now) {
  apply(table_.expire(now), now);
  if (refusals_.deadline() <= now)
    for (auto& x : refusals_.take(now))
      refused(x.reason, std::move(x.text), nullptr, x.value);
  if (now >= next_series_) {
    last_series_ = now;
    next_series_ = time_point::max();
    probes_left_ = max_probes;
    probe_time_ = now;
  }
  if (now < probe_time_)
    return;
  probe();
  if (--probes_left_ > 0) {
    probe_time_ = now + first_probe_pause * (1 << (max_probes - probes_left_));
  } else {
    probe_time_ = time_point::max();
    if (next_series_ == time_point::max())
      suspicious_ = {};
  }
}

lanes_core::time_point listening_lanes::link_deadline() const {
  return std::min(
    {table_.deadline(), probe_time_, next_series_, refusals_.deadline()});
}

void listening_lanes::probe() {
  lane_header header;
  header.word = lane_word::probe;
  for (auto via : all_lanes)
    if (suspicious_[via])
      for (auto& connection : table_.connections(via))
        send_header(via, connection, header);
}

} // namespace troupe
