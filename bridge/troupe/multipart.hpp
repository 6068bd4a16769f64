// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/buffer.hpp"
#include "troupe/fwd.hpp"
#include "troupe/routing_id.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace troupe {

/// All frames of one ZeroMQ message, with the peer it comes from or goes to.
class multipart {
public:
  multipart() = default;

  explicit multipart(std::vector<buffer> frames) : frames(std::move(frames)) {
    // nop
  }

  multipart(routing_id peer, std::vector<buffer> frames)
    : peer(std::move(peer)), frames(std::move(frames)) {
    // nop
  }

  /// Sum of the sizes of all frames in bytes.
  std::size_t size_bytes() const noexcept;

  /// ROUTER sockets: the connection. Empty for all other sockets.
  routing_id peer;

  /// The envelope, if any, then the payload. Routing frames are not here.
  std::vector<buffer> frames;
};

/// What an actor sends with one activation: all messages leave together, in
/// order per peer.
struct outgoing {
  std::vector<multipart> messages;
};

/// What one wake-up of the pump brings to one actor.
struct delivery {
  /// The `socket_spec::tag` of the socket, for owners of several.
  std::uint32_t tag = 0;

  std::vector<multipart> messages;

  /// Counts against the socket's bound of unhandled deliveries while it lives.
  /// The pump stops reading from a socket whose owner lags behind.
  std::shared_ptr<const void> ticket;
};

/// A message that could not be sent, given back with the reason.
struct returned {
  std::uint32_t tag = 0;
  ec reason{};
  multipart message;
};

/// Something that happened to the connections of a socket.
struct socket_event {
  enum class kind : std::uint8_t {
    /// A connection is established and shook hands.
    connected,
    /// A connection ended. Which peer that was, the next message to it tells.
    disconnected,
    /// The other side speaks no ZeroMQ, or turned us away.
    refused,
  };

  std::uint32_t tag = 0;
  kind what{};
};

} // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::outgoing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::delivery)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::returned)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::socket_event)
