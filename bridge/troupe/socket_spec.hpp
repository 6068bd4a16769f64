// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/copy_policy.hpp"
#include "troupe/endpoint.hpp"
#include "troupe/security.hpp"
#include "troupe/socket_options.hpp"

#include <caf/actor_addr.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/error.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

/// The types of ZeroMQ. What each sends and receives: docs/bridge.md.
enum class socket_type : std::uint8_t {
  pair,
  pub,
  sub,
  xpub,
  xsub,
  push,
  pull,
  req,
  rep,
  dealer,
  router,
  stream,
};

/// Who is on the other side of a socket.
enum class socket_peers : std::uint8_t {
  /// Any program that speaks ZeroMQ.
  raw,
  /// Sockets of bridges that are told the same. They share wire messages among
  /// small messages, send large frames in chunks, and PAIR, DEALER and ROUTER
  /// sockets wait for each other's credit.
  bridged,
};

/// Returns the name in lower case, such as `router`.
/// @relates socket_type
const char* to_string(socket_type type) noexcept;

/// What to open. Every default is the safe one: nothing is dropped silently,
/// and no peer can fill our memory.
struct socket_spec {
  socket_type type = socket_type::dealer;

  /// Endpoints such as `tcp://127.0.0.1:*`, `ipc:///run/x`, `inproc://x`.
  std::vector<std::string> bind{};
  std::vector<std::string> connect{};

  /// SUB and XSUB sockets: prefixes of the first frame. One empty string =
  /// everything. `subscribe` and `unsubscribe` change them later.
  std::vector<std::string> subscriptions{};

  /// What ZeroMQ is told about the socket.
  socket_options options{};

  /// How peers prove who they are. tcp endpoints ask for a decision. The owner
  /// of a socket with keys or a password always learns that these are refused,
  /// or that the key of a connected peer was removed.
  security_spec security{};

  /// Comes back with each delivery, for owners of several sockets.
  std::uint32_t tag = 0;

  /// Whom the socket talks to. For `bridged`, the types are PAIR, DEALER with
  /// one endpoint to connect, ROUTER, PUSH and PULL.
  socket_peers peers = socket_peers::raw;

  /// Bridged PAIR, DEALER and ROUTER sockets: how much of one peer may be on
  /// its way to the owner or wait for it. One message may exceed the bytes.
  /// All types: as many bytes, of at most `max_batch` messages, are kept while
  /// there are only askers and no owner; more are dropped and counted.
  std::size_t window_messages = 32768;
  std::size_t window_bytes = std::size_t{32} << 20;

  /// Those sockets send larger frames in chunks of this size; 0 = never. By
  /// default 8 MiB if one of the endpoints is tcp, else never.
  std::optional<std::size_t> chunk_size{};

  /// Bounds what is there of large frames that are not complete, of all peers
  /// together.
  std::size_t max_assembled_bytes = std::size_t{4} << 30;

  /// Messages that wait in the bridge because a peer is over its high-water
  /// mark or not connected yet. Beyond, they are returned with
  /// `ec::peer_full`. Bounds of all peers of the socket together.
  std::size_t max_held_messages = 65536;
  std::size_t max_held_bytes = std::size_t{1} << 30;

  /// Largest frame that peers may send, in bytes. A peer that sends more is
  /// disconnected. Messages of our own beyond it are returned with
  /// `ec::too_large`.
  std::size_t max_frame = std::size_t{256} << 20;

  /// Most frames per message. Longer ones are dropped and counted.
  std::size_t max_frames = 4096;

  /// Largest sum of the frames of a message, in bytes, both ways like the two
  /// limits above. ZeroMQ itself knows no such limit: a tcp peer of a bound
  /// socket that sends more without an end of the message is disconnected.
  std::size_t max_message = std::size_t{1} << 30;

  /// ROUTER sockets: drop (and count) messages of peers that chose their own
  /// routing id, since anybody can choose anybody's. Bridged ones always do.
  bool generated_ids_only = true;

  /// Deliveries that the owner may leave unhandled before the pump stops
  /// reading, and messages per delivery (with bridged peers, and one bundle).
  std::size_t max_unhandled_deliveries = 64;
  std::size_t max_batch = 256;

  /// Send `socket_event`s about connections to the owner.
  bool watch = false;

  /// REQ and DEALER sockets: how long a request may go unanswered before it
  /// fails with `ec::timed_out`, and how many may be open. A REQ socket works
  /// on one after the other, so keep this as short as your patience.
  std::chrono::milliseconds request_timeout{30000};
  std::size_t max_requests = 65536;

  /// Runs the handlers of actors that this socket delivers or answers to on the
  /// pump's thread. That saves a wake-up on the way in, and one more for what
  /// they send to sockets of the same pump, which is most of the latency of a
  /// small message. They have to be quick: all sockets of the pump wait for
  /// them. By default they run on CAF's scheduler, like all actors.
  bool handlers_on_pump = false;

  /// Which of the bridge's pumps serves the socket; by default the one with
  /// the fewest sockets.
  std::optional<std::size_t> pump{};

  /// Overrides the policy of the bridge.
  std::optional<copy_policy> copy{};

  /// The socket closes when this actor ends, whoever owns it. For actors that
  /// may end before they hear of the socket they asked for.
  caf::actor_addr ends_with{};
};

/// Returns why a socket cannot subscribe to `prefix`, with `ec::bad_config`, or
/// none.
/// @relates socket_spec
caf::error check_subscription(const std::string& prefix);

/// Returns what is wrong with `spec`, endpoints included, or none.
/// @relates socket_spec
caf::error check(const socket_spec& spec);

/// Reads an endpoint that a socket of this kind shall bind.
/// @relates socket_spec
caf::expected<endpoint> check_bind(const socket_spec& spec,
                                   const std::string& text);

/// Reads an endpoint that a socket of this kind shall connect.
/// @relates socket_spec
caf::expected<endpoint> check_connect(const socket_spec& spec,
                                      const std::string& text);

/// Counts since the socket was opened.
struct socket_counters {
  std::uint64_t messages_sent = 0;
  std::uint64_t frames_copied = 0;
  std::uint64_t bytes_copied = 0;
  std::uint64_t frames_lent = 0;
  std::uint64_t bytes_lent = 0;
  std::uint64_t messages_received = 0;
  std::uint64_t frames_received = 0;
  std::uint64_t bytes_received = 0;
  /// Messages given back to the owner.
  std::uint64_t returned = 0;
  /// Messages from outside that were dropped: too many frames, a routing id
  /// that the peer chose, a key that was removed, an answer that came late, or
  /// more for an owner than can be kept until one comes.
  std::uint64_t dropped = 0;
  /// Peers that were refused for their key or password, and users whose key
  /// was removed after they had entered.
  std::uint64_t refused = 0;
  /// Messages that wait for a peer now.
  std::uint64_t held = 0;
};

} // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::socket_spec)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::socket_counters)
