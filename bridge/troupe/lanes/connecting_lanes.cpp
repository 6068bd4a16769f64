// SPDX-License-Identifier: BSL-1.0
#include "troupe/lanes/connecting_lanes.hpp"

namespace troupe {

// -- events -------------------------------------------------------------------

void connecting_lanes::note(lane via, const socket_event& x, time_point now) {
  auto which = "the " + std::string{to_string(via)} + " lane";
  if (refuses_messages(x))
    refused(x.reason, which + ": " + x.text, user_, x.value);
  else if (x.what == socket_event::kind::refused)
    end(x.reason, which + ": " + x.text, now);
  else if (x.what == socket_event::kind::disconnected && !leaving_[via])
    end(ec::peer_gone, which + " broke", now);
}

void connecting_lanes::drop(peer_id peer, time_point now) {
  if (!link_.joined() || peer != peer_id{attempt_})
    return;
  say(lane_word::goodbye);
  end(ec::closed, "dropped by this side", now);
}

void connecting_lanes::say_goodbye() {
  if (link_.joined() || link_.joining())
    say(lane_word::goodbye);
}

// -- the peer -----------------------------------------------------------------

const routing_id* connecting_lanes::connection_to(peer_id peer, lane) const {
  return link_.joined() && peer == peer_id{attempt_} ? &nobody_ : nullptr;
}

peer_id connecting_lanes::peer_of(lane, const routing_id&, bool) const {
  return link_.joined() ? peer_id{attempt_} : peer_id{};
}

void connecting_lanes::handle(lane via, const multipart& message,
                              const lane_header& header, time_point now) {
  switch (header.word) {
    case lane_word::welcome:
      if (link_.welcome(header.link)) {
        user_ = message.user;
        joined(peer_id{attempt_}, user_);
      }
      break;
    case lane_word::refusal:
      end(header.reason, "the other side says: " + header.text, now);
      break;
    case lane_word::goodbye:
      leaving_[via] = true; // messages may be on their way on other lanes
      link_.leave(now);
      if (leaving_.all())
        end(ec::closed, "the peer said goodbye", now);
      break;
    default:
      end(ec::unexpected_message, "only a connecting side sends that", now);
  }
}

void connecting_lanes::meet_stranger(lane, const multipart&, time_point) {
  // Before its welcome, a lane has nothing to say.
}

void connecting_lanes::misbehaved(lane, const multipart&, ec reason,
                                  const std::string& text, time_point now) {
  end(reason, text, now);
}

void connecting_lanes::lost(lane, const routing_id&, ec reason,
                            const std::string& text, time_point now) {
  end(reason, text, now);
}

void connecting_lanes::end(ec reason, const std::string& text, time_point now) {
  auto had_joined = link_.joined();
  if (!link_.end(now))
    return;
  output_.close = true;
  if (had_joined)
    left(peer_id{attempt_}, reason, text, std::move(user_));
  else
    refused(reason, text, nullptr);
}

// -- time ---------------------------------------------------------------------

void connecting_lanes::tick_link(time_point now) {
  if (now < link_.deadline())
    return;
  if (link_.joining())
    end(ec::timed_out,
        "no answer: is anybody listening on all three endpoints?", now);
  else if (link_.joined())
    end(ec::closed, "the peer said goodbye", now);
  else
    start(now);
}

void connecting_lanes::start(time_point now) {
  ++attempt_;
  leaving_ = {};
  link_.start(link_id::random(), now);
  output_.open = true;
  say(lane_word::hello);
}

void connecting_lanes::say(lane_word word) {
  lane_header header;
  header.word = word;
  header.link = link_.id();
  for (auto via : all_lanes) {
    header.via = via;
    send_header(via, nobody_, header);
  }
}

lanes_core::time_point connecting_lanes::link_deadline() const {
  return link_.deadline();
}

} // namespace troupe
