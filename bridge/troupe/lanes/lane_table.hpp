// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/identity.hpp"
#include "troupe/lanes/lane.hpp"
#include "troupe/lanes/lane_header.hpp"
#include "troupe/lanes/peer_id.hpp"
#include "troupe/routing_id.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace troupe {

/// What became of a link on the listening side.
struct lane_change {
  peer_event::kind what{};

  /// 0 if the link never joined.
  peer_id peer{};

  /// Whom to tell. Empty where no connection is known.
  per_lane<routing_id> connections{};

  link_id link{};
  ec reason{};
  std::string text{};
  identity_ptr user{};
};

/// The links of a listening side: which three connections belong to which peer.
/// Half-joined links are bounded in number and time. Knows neither sockets nor
/// clocks.
class lane_table {
public:
  using time_point = std::chrono::steady_clock::time_point;

  struct limits {
    /// How long the lanes of a link may take to say hello.
    std::chrono::milliseconds join_timeout{5000};

    /// Most links of which some lanes are missing.
    std::size_t max_joining = 64;

    /// Most peers.
    std::size_t max_peers = 16384;

    /// How long a peer may take from its first goodbye to its last.
    std::chrono::milliseconds leave_timeout{6000};
  };

  explicit lane_table(limits bounds) : limits_(bounds) {
    // nop
  }

  /// Notes that a connection said hello.
  /// @returns at most a departure and then an arrival or a refusal.
  std::vector<lane_change> hello(lane via, const routing_id& connection,
                                 const link_id& link, identity_ptr user,
                                 time_point now);

  /// Notes that a connection said goodbye. The link ends when all lanes did,
  /// because one may say it while messages are still on their way on another.
  /// If one never does, `expire` ends it: not every transport tells that a
  /// connection is gone.
  std::vector<lane_change> goodbye(lane via, const routing_id& connection,
                                   time_point now);

  /// Notes that a connection broke, or misbehaved, and with it its link. After
  /// a goodbye, it may as well end.
  std::vector<lane_change> lost(lane via, const routing_id& connection,
                                ec reason, const std::string& text);

  /// Forgets a peer.
  std::vector<lane_change> drop(peer_id peer, ec reason,
                                const std::string& text);

  /// Forgets the links that took too long to join, or to leave.
  std::vector<lane_change> expire(time_point now);

  /// When `expire` has something to do; `time_point::max()` if never.
  time_point deadline() const noexcept;

  /// Returns who joined on this connection, or 0.
  peer_id peer_of(lane via, const routing_id& connection) const;

  /// Like `peer_of`, and knows for a while who left, too. Messages that could
  /// not be sent come back late.
  peer_id past_peer_of(lane via, const routing_id& connection) const;

  /// Whether to tell a peer that left, but goes on to send, that it did: once
  /// per connection.
  bool remind(lane via, const routing_id& connection);

  /// Returns the connection to a peer, or null if it has not joined.
  const routing_id* connection_to(peer_id peer, lane via) const;

  /// Returns all connections of a lane that said hello.
  std::vector<routing_id> connections(lane via) const;

  std::size_t peers() const noexcept {
    return peers_.size();
  }

  std::size_t joining() const noexcept {
    return joining_.size();
  }

private:
  struct member {
    per_lane<routing_id> connections{};
    per_lane<bool> leaving{};
    identity_ptr user{};
    time_point deadline{};
    peer_id peer{};
  };

  /// Who left.
  struct past_member {
    per_lane<routing_id> connections{};
    peer_id peer{};
    per_lane<bool> reminded{};
  };

  using member_map = std::map<link_id, member>;

  std::vector<lane_change> add(member_map::iterator i, lane via,
                               const routing_id& connection);

  std::deque<past_member>::const_iterator
  find_past(lane via, const routing_id& connection) const;

  lane_change remove(member_map::iterator i, ec reason,
                     const std::string& text);

  limits limits_;
  member_map members_;
  std::set<std::pair<time_point, link_id>> joining_; // by deadline
  std::set<std::pair<time_point, link_id>> leaving_; // peers, by deadline
  per_lane<std::unordered_map<routing_id, member_map::iterator>> by_connection_;
  std::unordered_map<peer_id, member_map::iterator> peers_;
  std::deque<past_member> past_;
  std::uint64_t last_peer_ = 0;
};

} // namespace troupe
