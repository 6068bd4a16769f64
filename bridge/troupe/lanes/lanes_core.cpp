// SPDX-License-Identifier: BSL-1.0
#include "troupe/lanes/lanes_core.hpp"

#include <algorithm>

namespace troupe {

namespace {

using namespace std::chrono_literals;

/// When to send a fence, or an answer to one, again that found no room.
constexpr auto retry_pause = 20ms;

/// Fences and answers that may wait for that. A peer with more reads nothing.
constexpr auto max_later = std::size_t{4096};

void drop_header(multipart& message) {
  message.frames.erase(message.frames.begin());
}

} // namespace

lanes_core::~lanes_core() {
  // nop
}

// -- sending ------------------------------------------------------------------

void lanes_core::send(lanes_outgoing& x) {
  auto order = orders_.find(x.peer);
  for (auto& content : x.messages) {
    ordered_message message;
    message.automatic = !x.via;
    message.via = x.via.value_or(
      content.size_bytes() < limits_.bulk_size ? lane::task : lane::bulk);
    message.conversation = x.conversation;
    message.content = std::move(content);
    if (order == orders_.end())
      return_one(x.peer, message.via, ec::peer_gone, message.content);
    else
      send_one(x.peer, order->second, message);
  }
}

void lanes_core::send_one(peer_id peer, lane_order& order,
                          ordered_message& message) {
  if (message.content.frames.empty()) // else only our header would arrive
    return return_one(peer, message.via, ec::bad_frames, message.content);
  if (message.conversation == 0)
    return send_now(peer, message.via, message.content);
  if (!order.push(message, steps_))
    return return_one(peer, message.via, ec::peer_full, message.content);
  send_steps(peer);
}

void lanes_core::send_steps(peer_id peer) {
  for (auto& step : steps_) {
    if (step.fence == 0) {
      send_now(peer, step.via, step.message.content);
      continue;
    }
    ++counters_.fences;
    lane_header header;
    header.word = lane_word::fence;
    header.number = step.fence;
    if (auto to = connection_to(peer, step.via))
      send_header(step.via, *to, header);
  }
  steps_.clear();
}

void lanes_core::send_now(peer_id peer, lane via, multipart& message) {
  auto to = connection_to(peer, via);
  if (to == nullptr)
    return return_one(peer, via, ec::peer_gone, message);
  message.peer = *to;
  message.frames.insert(message.frames.begin(), pack(lane_header{}));
  ++counters_.sent[via];
  output_.messages[via].push_back(std::move(message));
}

void lanes_core::send_header(lane via, const routing_id& to,
                             const lane_header& header) {
  multipart message;
  message.peer = to;
  message.frames.push_back(pack(header));
  output_.messages[via].push_back(std::move(message));
}

void lanes_core::return_one(peer_id peer, lane via, ec reason,
                            multipart& message) {
  ++counters_.returned;
  message.peer = {};
  output_.news.emplace_back(
    lanes_returned{peer, via, reason, std::move(message)});
}

// -- receiving ----------------------------------------------------------------

void lanes_core::receive(lane via, delivery& batch, time_point now) {
  places_.clear();
  for (auto& message : batch.messages)
    if (!message.frames.empty())
      take_one(via, message, batch, now);
  for (auto& x : output_.news)
    if (auto event = std::get_if<peer_event>(&x))
      event->ticket = batch.ticket;
}

void lanes_core::take_one(lane via, multipart& message, delivery& batch,
                          time_point now) {
  auto header = read_lane_header(message.frames.front());
  if (!header) {
    ++counters_.dropped;
    return misbehaved(via, message, ec::bad_envelope,
                      "a message on the " + std::string{to_string(via)}
                        + " lane has no header: only lanes may connect here",
                      now);
  }
  switch (header->word) {
    case lane_word::message:
      return take_message(via, message, batch, now);
    case lane_word::fence:
      return answer_fence(via, message, header->number, now);
    case lane_word::passed:
      return pass_fence(via, message.peer, header->number);
    case lane_word::probe:
      return;
    default:
      handle(via, message, *header, now);
  }
}

void lanes_core::take_message(lane via, multipart& message, delivery& batch,
                              time_point now) {
  auto peer = peer_of(via, message.peer, false);
  if (peer == peer_id{} || message.frames.size() < 2) {
    ++counters_.dropped;
    if (peer == peer_id{})
      meet_stranger(via, message, now);
    return;
  }
  auto [i, added] = places_.try_emplace(peer, output_.news.size());
  if (added) {
    lanes_delivery fresh{peer, via, {}, batch.ticket};
    fresh.messages.reserve(batch.messages.size());
    output_.news.emplace_back(std::move(fresh));
  }
  ++counters_.received[via];
  drop_header(message);
  message.peer = {};
  std::get<lanes_delivery>(output_.news[i->second])
    .messages.push_back(std::move(message));
}

void lanes_core::answer_fence(lane via, const multipart& message,
                              std::uint64_t number, time_point now) {
  lane_header answer;
  answer.word = lane_word::passed;
  answer.number = number;
  auto peer = peer_of(via, message.peer, false);
  if (peer == peer_id{})
    meet_stranger(via, message, now);
  else if (auto to = connection_to(peer, lane::control))
    send_header(lane::control, *to, answer);
}

void lanes_core::pass_fence(lane via, const routing_id& connection,
                            std::uint64_t number) {
  auto peer = peer_of(via, connection, false);
  auto order = orders_.find(peer);
  if (order == orders_.end())
    return;
  order->second.passed(number, steps_);
  send_steps(peer);
}

void lanes_core::give_back(lane via, returned& x, time_point now) {
  auto& message = x.message;
  auto connection = message.peer; // `message` goes away below
  auto header = read_lane_header(message.frames.front());
  if (header && header->word == lane_word::message) {
    drop_header(message);
    return_one(peer_of(via, connection, true), via, x.reason, message);
  } else if (x.reason == ec::peer_full
             && !(header && header->word == lane_word::probe)) {
    keep_for_later(via, message, now);
  }
  if (x.reason == ec::peer_gone)
    lost(via, connection, ec::peer_gone,
         "the " + std::string{to_string(via)} + " lane broke", now);
  else if (x.reason == ec::key_removed)
    lost(via, connection, ec::key_removed,
         "its key was removed while it was connected", now);
}

void lanes_core::give_back_past(peer_id peer, lane via, returned& x) {
  auto header = read_lane_header(x.message.frames.front());
  if (!header || header->word != lane_word::message)
    return;
  drop_header(x.message);
  return_one(peer, via, ec::peer_gone, x.message);
}

void lanes_core::keep_for_later(lane via, multipart& message, time_point now) {
  if (peer_of(via, message.peer, false) == peer_id{})
    return;
  if (later_.size() >= max_later)
    return lost(via, message.peer, ec::peer_full,
                "the peer does not read its " + std::string{to_string(via)}
                  + " lane",
                now);
  if (later_.empty())
    later_time_ = now + retry_pause;
  later_.emplace_back(via, std::move(message));
}

// -- time ---------------------------------------------------------------------

void lanes_core::tick(time_point now) {
  if (later_time_ <= now) {
    later_time_ = time_point::max();
    for (auto& [via, message] : std::exchange(later_, {}))
      output_.messages[via].push_back(std::move(message));
  }
  tick_link(now);
}

lanes_core::time_point lanes_core::deadline() const {
  return std::min(later_time_, link_deadline());
}

void lanes_core::close() {
  for (auto& [peer, order] : orders_)
    for (auto& x : order.take_all())
      return_one(peer, x.via, ec::closed, x.content);
  say_goodbye();
}

// -- links --------------------------------------------------------------------

void lanes_core::joined(peer_id peer, identity_ptr user) {
  orders_.try_emplace(peer, limits_.max_waiting_messages,
                      limits_.max_waiting_bytes);
  ++counters_.joined;
  ++counters_.peers;
  output_.news.emplace_back(
    peer_event{peer_event::kind::joined, peer, {}, {}, std::move(user)});
}

void lanes_core::left(peer_id peer, ec reason, std::string text,
                      identity_ptr user) {
  if (auto i = orders_.find(peer); i != orders_.end()) {
    for (auto& x : i->second.take_all())
      return_one(peer, x.via, ec::peer_gone, x.content);
    orders_.erase(i);
  }
  std::erase_if(later_, [this](auto& x) {
    return peer_of(x.first, x.second.peer, false) == peer_id{};
  });
  --counters_.peers;
  output_.news.emplace_back(peer_event{peer_event::kind::left, peer, reason,
                                       std::move(text), std::move(user)});
}

void lanes_core::refused(ec reason, std::string text, identity_ptr user,
                         std::uint32_t count) {
  counters_.refused += count;
  output_.news.emplace_back(peer_event{peer_event::kind::refused, peer_id{},
                                       reason, std::move(text), std::move(user),
                                       count});
}

} // namespace troupe
