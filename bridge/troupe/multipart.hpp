// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/buffer.hpp"
#include "troupe/error.hpp"
#include "troupe/identity.hpp"
#include "troupe/routing_id.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <boost/container/small_vector.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

/// Frames in order. Up to two, an envelope and its payload, need no allocation.
using frame_list = boost::container::small_vector<buffer, 2>;

/// All frames of one ZeroMQ message, with the peer it comes from or goes to.
class multipart {
public:
  multipart() = default;

  multipart(const multipart&) = default;

  multipart(multipart&&) noexcept = default;

  multipart& operator=(const multipart&) = default;

  multipart& operator=(multipart&&) noexcept = default;

  explicit multipart(frame_list frames) : frames(std::move(frames)) {
    // nop
  }

  multipart(routing_id peer, frame_list frames)
    : peer(std::move(peer)), frames(std::move(frames)) {
    // nop
  }

  /// A message of one frame. (A template, so that `{{...}}` makes a list.)
  template <std::same_as<buffer> Buffer>
  explicit multipart(Buffer frame) {
    frames.push_back(std::move(frame));
  }

  template <std::same_as<std::vector<buffer>> Vector>
  explicit multipart(Vector frames)
    : multipart(routing_id{}, std::move(frames)) {
    // nop
  }

  template <std::same_as<std::vector<buffer>> Vector>
  multipart(routing_id peer, Vector xs)
    : peer(std::move(peer)),
      frames(std::make_move_iterator(xs.begin()),
             std::make_move_iterator(xs.end())) {
    // nop
  }

  /// Sum of the sizes of all frames in bytes.
  std::size_t size_bytes() const noexcept;

  /// ROUTER and STREAM sockets: the connection. Empty for all other sockets.
  routing_id peer;

  /// The envelope, if any, then the payload. Routing frames are not here.
  frame_list frames;

  /// Who the sender proved to be, if the socket asked for a proof. Ignored for
  /// messages that are sent.
  identity_ptr user;
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

/// Something that happened on a socket besides messages.
struct socket_event {
  enum class kind : std::uint8_t {
    /// A connection is established and shook hands. `text` has the endpoint.
    connected,
    /// A connection ended. Which peer of a ROUTER that was, the next message to
    /// it tells; STREAM sockets name it.
    disconnected,
    /// The other side was turned away, or turned us away, or a message of it
    /// was refused.
    /// Of such messages there were `value` since the last such event.
    /// `reason` and `text` say why.
    refused,
    /// A connection attempt failed; the next one follows in `value`
    /// milliseconds.
    retrying,
    /// Messages to `peer` began to wait in the bridge: send no more if you can.
    full,
    /// Messages to `peer` wait no more.
    drained,
    /// XPUB: somebody subscribed to the topic `text`, or ended that.
    subscribed,
    unsubscribed,
  };

  std::uint32_t tag = 0;
  kind what{};
  ec reason{};
  std::uint32_t value = 0;
  std::string text{};
  routing_id peer{};
};

/// Returns the name of an event, such as `connected`.
/// @relates socket_event
const char* to_string(socket_event::kind what) noexcept;

} // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::multipart)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::outgoing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::delivery)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::returned)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::socket_event)
