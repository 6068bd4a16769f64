// SPDX-License-Identifier: BSL-1.0

// The part of the socket actor that sends, holds and gives back.

#include "troupe/socket/counting.hpp"
#include "troupe/socket/socket_actor.hpp"
#include "troupe/socket/turn.hpp"

#include <utility>

namespace troupe {

namespace {

using namespace std::chrono_literals;

/// ZeroMQ signals when a peer takes messages again. This is the safety net.
constexpr auto retry_interval = 200ms;

auto steady_now() {
  return std::chrono::steady_clock::now();
}

} // namespace

std::optional<ec> violation(const multipart& message, const socket_spec& spec) {
  // ZeroMQ would take a second frame of a STREAM for the name of a peer.
  auto most = spec.type == socket_type::stream ? 1 : spec.max_frames;
  if (message.frames.empty() || message.frames.size() > most)
    return ec::bad_frames;
  auto sum = std::size_t{0};
  for (auto& frame : message.frames) {
    if (frame.size() > spec.max_frame)
      return ec::too_large;
    sum += frame.size();
  }
  if (sum > spec.max_message)
    return ec::too_large;
  return std::nullopt;
}

void socket_actor_impl::send_one(multipart& message) {
  if (closing_)
    return give_back(ec::closed, message);
  if (auto reason = violation(message, spec_))
    return give_back(*reason, message);
  if (spec_.type == socket_type::req)
    return ask({std::nullopt, {}, std::move(message), false});
  if (!addressed())
    message.peer = {};
  if (held_.waits_for(message.peer))
    return hold(message);
  switch (try_send(message)) {
    case send_result::sent:
      break;
    case send_result::would_block:
      hold(message);
      break;
    case send_result::peer_gone:
      give_back(why_gone(message.peer), message);
      break;
    case send_result::impossible:
      give_back(ec::unexpected_message, message);
      break;
  }
}

void socket_actor_impl::send_one(message_bundle& x) {
  if (!closing_ && !held_.waits_for({})) {
    auto result = try_send(x);
    if (result == send_result::sent)
      return;
    if (result == send_result::would_block && held_.push(x))
      return note_held({});
  } else if (!closing_ && held_.push(x)) {
    return note_held({});
  }
  std::vector<multipart> messages;
  x.unpack(messages);
  for (auto& message : messages)
    send_one(message);
}

send_result socket_actor_impl::may_send(const routing_id& peer) {
  if (!cleared(peer))
    return send_result::peer_gone;
  if (waits_for_connection_ && monitor_->connections() == 0)
    return send_result::would_block;
  return send_result::sent;
}

send_result socket_actor_impl::try_send(message_bundle& x) {
  auto result = may_send({});
  return result == send_result::sent ? link_->add(x, *this) : result;
}

send_result socket_actor_impl::try_send(multipart& message) {
  if (auto early = may_send(message.peer); early != send_result::sent)
    return early;
  auto id = requests_.empty() ? std::nullopt : requests_.read(message);
  auto result = link_
                  ? link_->add(message, *this)
                  : unless_unread(socket_.send(message, policy_, counters_));
  if (result == send_result::sent && id)
    requests_.mark_sent(*id);
  if (result == send_result::sent && spec_.type == socket_type::stream)
    tell(notices_.sent(message));
  return result;
}

void socket_actor_impl::hold(multipart& message) {
  auto peer = message.peer;
  if (!held_.push(message)) {
    if (!held_.empty()) // others fill it, and `drained` will follow
      report_full(peer, true);
    return give_back(ec::peer_full, message);
  }
  note_held(peer);
}

void socket_actor_impl::note_held(const routing_id& peer) {
  set_gauge(counters_.held, held_.size());
  report_full(peer);
  arm_retry();
}

bool socket_actor_impl::expired(const multipart& message) const {
  auto id = requests_.read(message);
  return id && !requests_.open(*id);
}

void socket_actor_impl::arm_retry() {
  if (retry_time_ == time_point::max())
    retry_time_ = steady_now() + retry_interval;
}

void socket_actor_impl::retry() {
  auto send = [this]<class T>(T& x) {
    auto peer = routing_id{};
    if constexpr (std::same_as<T, multipart>) {
      if (expired(x))
        return send_result::sent;
      peer = x.peer;
    }
    auto result = try_send(x);
    if (result == send_result::would_block)
      report_full(peer);
    return result;
  };
  auto [lost, more] = held_.retry(send, max_turn_bytes);
  pending_ = pending_ || more;
  for (auto& message : lost)
    give_back(why_gone(message.peer), message);
  set_gauge(counters_.held, held_.size());
  report_drained();
  if (!held_.empty())
    arm_retry();
  else if (!link_)
    retry_time_ = time_point::max();
}

void socket_actor_impl::report_full(const routing_id& peer, bool turned_away) {
  // That nobody is connected yet is told by other events.
  if (waits_for_connection_ && monitor_->connections() == 0)
    return;
  if (!owner_)
    return;
  auto [i, added] = full_.try_emplace(peer, turned_away);
  i->second = i->second || turned_away;
  if (added)
    send(owner_, socket_event{.tag = spec_.tag,
                              .what = socket_event::kind::full,
                              .reason = ec::peer_full,
                              .peer = peer});
}

void socket_actor_impl::report_drained() {
  std::erase_if(full_, [this](auto& entry) {
    auto& [peer, turned_away] = entry;
    if (held_.waits_for(peer) || (turned_away && held_.full()))
      return false;
    if (owner_)
      send(owner_, socket_event{.tag = spec_.tag,
                                .what = socket_event::kind::drained,
                                .peer = peer});
    return true;
  });
}

void socket_actor_impl::give_back(ec reason, multipart& message) {
  count(counters_.returned);
  if (auto id = requests_.read(message))
    if (auto request = requests_.take(*id))
      return fail(*request, reason);
  if (owner_)
    send(owner_, returned{spec_.tag, reason, std::move(message)});
}

} // namespace troupe
