// SPDX-License-Identifier: BSL-1.0
#include "troupe/lanes/lane_table.hpp"

#include <algorithm>

namespace troupe {

namespace {

/// Peers that left and are remembered.
constexpr auto max_past = std::size_t{64};

bool same_user(const identity_ptr& x, const identity_ptr& y) {
  return x == y || (x != nullptr && y != nullptr && *x == *y);
}

/// Turns away one connection and leaves its link alone.
lane_change refuse(lane via, const routing_id& connection, identity_ptr user,
                   ec reason, std::string text) {
  lane_change result;
  result.what = peer_event::kind::refused;
  result.connections[via] = connection;
  result.reason = reason;
  result.text = std::move(text);
  result.user = std::move(user);
  return result;
}

} // namespace

const char* to_string(peer_event::kind what) noexcept {
  switch (what) {
    case peer_event::kind::joined:
      return "joined";
    case peer_event::kind::left:
      return "left";
    case peer_event::kind::refused:
      return "refused";
  }
  return "?";
}

std::vector<lane_change>
lane_table::hello(lane via, const routing_id& connection, const link_id& link,
                  identity_ptr user, time_point now) {
  if (by_connection_[via].contains(connection))
    return lost(via, connection, ec::unexpected_message,
                "a connection said hello twice");
  auto refused = [&](ec reason, std::string text) {
    return std::vector{
      refuse(via, connection, std::move(user), reason, std::move(text))};
  };
  auto i = members_.find(link);
  if (i == members_.end()) {
    if (joining_.size() >= limits_.max_joining)
      return refused(ec::limit_reached,
                     "too many peers are joining: try later, "
                     "or raise max_joining");
    if (peers_.size() + joining_.size() >= limits_.max_peers)
      return refused(ec::limit_reached, "too many peers: raise max_peers");
    auto deadline = now + limits_.join_timeout;
    i = members_.emplace(link, member{{}, {}, user, deadline, {}}).first;
    joining_.emplace(deadline, link);
  } else if (!same_user(i->second.user, user)) {
    return refused(ec::unexpected_message,
                   "the lanes of a link proved different users");
  } else if (!i->second.connections[via].empty()) {
    return refused(ec::unexpected_message, "this lane of the link is taken");
  }
  return add(i, via, connection);
}

std::vector<lane_change> lane_table::add(member_map::iterator i, lane via,
                                         const routing_id& connection) {
  auto& [link, x] = *i;
  x.connections[via] = connection;
  by_connection_[via].emplace(connection, i);
  for (auto& known : x.connections.values)
    if (known.empty())
      return {};
  joining_.erase({x.deadline, link});
  if (x.leaving.any()) // others were quicker
    leaving_.emplace(x.deadline, link);
  x.peer = peer_id{++last_peer_};
  peers_.emplace(x.peer, i);
  return {
    {peer_event::kind::joined, x.peer, x.connections, link, {}, {}, x.user}};
}

std::vector<lane_change>
lane_table::goodbye(lane via, const routing_id& connection, time_point now) {
  auto i = by_connection_[via].find(connection);
  if (i == by_connection_[via].end())
    return {};
  auto& [link, x] = *i->second;
  if (!x.leaving.any() && x.peer != peer_id{}) {
    x.deadline = now + limits_.leave_timeout;
    leaving_.emplace(x.deadline, link);
  }
  x.leaving[via] = true;
  if (!x.leaving.all())
    return {};
  return {remove(i->second, ec::closed, "the peer said goodbye")};
}

std::vector<lane_change> lane_table::lost(lane via,
                                          const routing_id& connection,
                                          ec reason, const std::string& text) {
  auto i = by_connection_[via].find(connection);
  if (i == by_connection_[via].end())
    return {};
  if (reason == ec::peer_gone && i->second->second.leaving[via])
    return {};
  return {remove(i->second, reason, text)};
}

std::vector<lane_change> lane_table::drop(peer_id peer, ec reason,
                                          const std::string& text) {
  auto i = peers_.find(peer);
  if (i == peers_.end())
    return {};
  return {remove(i->second, reason, text)};
}

std::vector<lane_change> lane_table::expire(time_point now) {
  std::vector<lane_change> result;
  while (!joining_.empty() && joining_.begin()->first <= now)
    result.push_back(remove(members_.find(joining_.begin()->second),
                            ec::timed_out, "not all lanes said hello in time"));
  while (!leaving_.empty() && leaving_.begin()->first <= now)
    result.push_back(remove(members_.find(leaving_.begin()->second), ec::closed,
                            "the peer said goodbye"));
  return result;
}

lane_table::time_point lane_table::deadline() const noexcept {
  auto result = time_point::max();
  for (auto waiting : {&joining_, &leaving_})
    if (!waiting->empty())
      result = std::min(result, waiting->begin()->first);
  return result;
}

lane_change lane_table::remove(member_map::iterator i, ec reason,
                               const std::string& text) {
  auto& [link, x] = *i;
  for (auto via : all_lanes)
    if (!x.connections[via].empty())
      by_connection_[via].erase(x.connections[via]);
  lane_change result{peer_event::kind::refused,
                     x.peer,
                     std::move(x.connections),
                     link,
                     reason,
                     text,
                     std::move(x.user)};
  if (x.peer == peer_id{}) {
    joining_.erase({x.deadline, link});
  } else {
    result.what = peer_event::kind::left;
    peers_.erase(x.peer);
    leaving_.erase({x.deadline, link});
    past_.push_front({result.connections, x.peer, {}});
    if (past_.size() > max_past)
      past_.pop_back();
  }
  members_.erase(i);
  return result;
}

peer_id lane_table::peer_of(lane via, const routing_id& connection) const {
  auto i = by_connection_[via].find(connection);
  return i == by_connection_[via].end() ? peer_id{} : i->second->second.peer;
}

peer_id lane_table::past_peer_of(lane via, const routing_id& connection) const {
  if (auto peer = peer_of(via, connection); peer != peer_id{})
    return peer;
  auto i = find_past(via, connection);
  return i == past_.end() ? peer_id{} : i->peer;
}

bool lane_table::remind(lane via, const routing_id& connection) {
  auto i = find_past(via, connection);
  if (i == past_.end())
    return false;
  auto& x = past_[static_cast<std::size_t>(i - past_.begin())];
  return !std::exchange(x.reminded[via], true);
}

std::deque<lane_table::past_member>::const_iterator
lane_table::find_past(lane via, const routing_id& connection) const {
  return std::find_if(past_.begin(), past_.end(), [&](auto& x) {
    return x.connections[via] == connection;
  });
}

const routing_id* lane_table::connection_to(peer_id peer, lane via) const {
  auto i = peers_.find(peer);
  return i == peers_.end() ? nullptr : &i->second->second.connections[via];
}

std::vector<routing_id> lane_table::connections(lane via) const {
  std::vector<routing_id> result;
  result.reserve(by_connection_[via].size());
  for (auto& [connection, member] : by_connection_[via])
    result.push_back(connection);
  return result;
}

} // namespace troupe
