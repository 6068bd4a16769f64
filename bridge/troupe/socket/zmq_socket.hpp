// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/endpoint.hpp"
#include "troupe/multipart.hpp"
#include "troupe/small_frames.hpp"
#include "troupe/socket/held_messages.hpp"
#include "troupe/socket_spec.hpp"

#include <caf/expected.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace troupe {

class received_frame;

/// What a socket had to offer.
enum class receive_result : std::uint8_t {
  /// A message.
  received,
  /// A message that violates a limit. It is gone.
  dropped,
  /// No message. ZeroMQ signals the descriptor when one comes.
  nothing,
};

/// One ZeroMQ socket, on the thread that opened it. What ZeroMQ says in numbers
/// comes out as a `caf::error` for people.
class zmq_socket {
public:
  /// Opens a socket with all options set and without endpoints.
  static caf::expected<zmq_socket> open(void* context, const socket_spec& spec);

  zmq_socket() noexcept;

  zmq_socket(zmq_socket&& other) noexcept;

  zmq_socket& operator=(zmq_socket&& other) noexcept;

  /// Closes the socket at once. What ZeroMQ queued is lost.
  ~zmq_socket();

  /// Closes the socket; ZeroMQ goes on sending what it queued for at most
  /// `linger`.
  void close(std::chrono::milliseconds linger) noexcept;

  explicit operator bool() const noexcept {
    return handle_ != nullptr;
  }

  void* handle() const noexcept {
    return handle_;
  }

  // -- endpoints --------------------------------------------------------------

  /// Binds and returns the real endpoint, with a port in place of a wildcard.
  caf::expected<std::string> bind(const endpoint& where);

  caf::error connect(const endpoint& where);

  /// Has endpoints that are connected from now on take messages only while
  /// somebody is there.
  void queue_for_connections() noexcept;

  caf::error unbind(const std::string& where);

  caf::error disconnect(const std::string& where);

  /// SUB and XSUB: adds or removes a prefix.
  /// @returns false if this type of socket does not subscribe.
  bool subscribe(const std::string& prefix, bool on);

  // -- messages ---------------------------------------------------------------

  /// Hands all frames over or none. Copies or lends each, as `policy` says, and
  /// counts both.
  send_result send(const multipart& message, copy_policy policy,
                   socket_counters& counters);

  /// Takes the next message off the socket. Of one that was too large, the
  /// first frame is there, unless it was too large itself or its sender unfit.
  receive_result receive(multipart& message);

  /// Messages that `receive` took so far, those that it dropped among them.
  std::uint64_t taken() const noexcept {
    return taken_;
  }

  /// Bytes of the other frames of the last message that was too large.
  std::size_t cut_bytes() const noexcept {
    return cut_bytes_;
  }

  /// Who sent the last message, as its connection proved. Empty if nothing was
  /// proved, or asked for. Valid until the next call of `receive`.
  std::string_view user_id() const noexcept {
    return user_id_;
  }

  /// Asks for `source` of the messages that follow, or not.
  void note_sources(bool on) noexcept {
    notes_sources_ = on;
  }

  /// The descriptor of the connection that the last message came over, or -1.
  int source() const noexcept {
    return source_;
  }

  /// REP: answers the last message with an empty one, because nobody else
  /// will. Others need no such thing.
  void decline() noexcept;

  /// Whether this type of socket receives anything.
  bool receives() const noexcept {
    return type_ != socket_type::pub && type_ != socket_type::push;
  }

  // -- readiness --------------------------------------------------------------

  /// Signals that `readable` may have changed, once per change: look at it
  /// after each wake-up and after each send, before going to sleep.
  int descriptor() const noexcept;

  /// Lets ZeroMQ do what is pending on the socket.
  /// @returns whether `receive` would find something.
  bool readable() noexcept;

private:
  struct limits {
    std::size_t frames = 0;
    std::size_t bytes = 0;
    bool generated_ids_only = true;
  };

  zmq_socket(void* handle, const socket_spec& spec) noexcept;

  bool receive_peer(routing_id& peer);

  receive_result receive_frames(multipart& message);

  /// @pre `spare_` holds the last frame.
  void read_origin();

  void* handle_ = nullptr;
  socket_type type_ = socket_type::dealer;
  limits limits_;
  caf::intrusive_ptr<received_frame> spare_; // where the next frame goes
  small_frames small_;
  bool asks_for_proof_ = false;
  bool notes_sources_ = false;
  std::string user_id_;
  int source_ = -1;
  std::size_t cut_bytes_ = 0;
  std::uint64_t taken_ = 0;
};

} // namespace troupe
