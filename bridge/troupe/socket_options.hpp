// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace troupe {

/// What ZeroMQ can be told about one socket. All of it is set before the first
/// endpoint, because ZeroMQ ignores most of it afterwards. Each default keeps
/// messages from getting lost and strangers from costing much; where another
/// value has a price, its comment names it.
struct socket_options {
  // -- queues -----------------------------------------------------------------

  /// Most messages that ZeroMQ queues per peer, on the way out and in. Bounds
  /// messages, not bytes. Never 0, which would mean no bound, as SUB and XSUB
  /// sockets have on the way out, so that no subscription is lost. Bridged
  /// PAIR, DEALER and ROUTER sockets have room for
  /// `socket_spec::window_messages` on the way in.
  int send_hwm = 4096;
  int receive_hwm = 4096;

  /// Sizes of the operating system's buffers per connection in bytes; -1 leaves
  /// the choice to it. Small ones keep small messages from queuing behind
  /// large ones of the same host.
  int send_buffer = -1;
  int receive_buffer = -1;

  /// How long `close` waits for unsent messages.
  std::chrono::milliseconds linger{1000};

  /// Keep only the newest message per direction. For PUSH, PULL, PUB, SUB and
  /// DEALER with single frames; it drops all others by intention.
  bool conflate = false;

  // -- connections ------------------------------------------------------------

  /// How long strangers may hold a connection without a handshake.
  std::chrono::milliseconds handshake_timeout{5000};

  /// How long to wait for an answer of the network.
  std::chrono::milliseconds connect_timeout{5000};

  /// How long unacknowledged bytes may stay on the way before the connection
  /// counts as broken.
  std::chrono::milliseconds retransmit_timeout{30000};

  /// Pauses between attempts to connect; they double from the first to the
  /// second, plus a random part.
  std::chrono::milliseconds reconnect_min{100};
  std::chrono::milliseconds reconnect_max{5000};

  /// Connections that wait to be accepted.
  int backlog = 1024;

  /// TCP's own probes: after `idle`, `count` of them every `interval`.
  struct keep_alive_options {
    bool on = true;
    std::chrono::seconds idle{30};
    std::chrono::seconds interval{10};
    int count = 3;
  };
  keep_alive_options keep_alive{};

  /// ZMTP heartbeats, off by default: they cut off, without a word, a message
  /// that takes longer than `timeout` on its way. Make heartbeats on a
  /// connection of their own instead.
  struct heartbeat_options {
    /// 0 = off.
    std::chrono::milliseconds interval{0};
    std::chrono::milliseconds timeout{0};
    /// When the peer shall give us up.
    std::chrono::milliseconds ttl{0};
  };
  heartbeat_options heartbeat{};

  /// IP's type of service, 0 to 255.
  int tos = 0;

  /// Bit mask of the I/O threads that may serve connections; 0 = any.
  std::uint64_t affinity = 0;

  // -- peers ------------------------------------------------------------------

  /// The routing id that ROUTERs on the other side shall use. Leave it empty:
  /// anybody can choose the id of anybody else, and a ROUTER then drops the
  /// messages of one of the two without a word.
  std::string routing_id{};

  /// ROUTER: report messages to unknown peers instead of dropping them.
  bool mandatory = true;

  /// ROUTER: give a routing id to the latest peer that claims it. That hands
  /// the messages of one peer to whoever asks for them.
  bool handover = false;

  /// Send an empty message to each new peer, for ROUTERs on the other side that
  /// have to speak first. They have to tolerate it.
  bool probe_router = false;

  /// Queue messages only for connections that are established. By default the
  /// bridge does what loses least: for sockets that only send, ZeroMQ waits;
  /// PAIR, DEALER and REQ sockets with one connection wait in the bridge,
  /// because ZeroMQ would throw unread input away when that connection ends.
  std::optional<bool> immediate{};

  /// XPUB: report each subscription, not only the first to a topic.
  bool verbose = false;

  /// PUB and XPUB: drop messages for subscribers that are over their high-water
  /// mark. By default such a subscriber holds up the socket, and messages that
  /// find no room come back with `ec::peer_full`.
  bool drop_for_slow_subscribers = false;
};

/// Returns which option makes no sense, or null.
/// @relates socket_options
const char* bad_option(const socket_options& options);

} // namespace troupe
