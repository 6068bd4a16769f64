// SPDX-License-Identifier: BSL-1.0

#pragma once

#include "bridge/loopback.hpp"

#include <memory>
#include <string>
#include <vector>

namespace troupe::test {

/// What one end of a conversation is made of.
struct matrix_role {
  socket_type type = socket_type::pair;

  /// An endpoint to bind, perhaps a wildcard, or one to connect.
  std::string where{};
  bool binds = false;

  /// ROUTER and DEALER: talk to REQ or REP, which put an empty frame before
  /// their messages.
  bool delimited = false;

  /// ROUTER: speak first, with an empty message to each new peer.
  bool probes = false;
};

/// One end of a conversation between two sockets. It talks to whoever talked to
/// it last.
class matrix_end {
public:
  using strings = std::vector<std::string>;

  matrix_end(socket_type type, bool delimited);

  virtual ~matrix_end();

  /// The endpoint that the other end may connect.
  virtual const std::string& endpoint() const = 0;

  void send(strings frames);

  /// Waits for a message.
  strings receive();

  /// Waits for a stream of `size` bytes, in whatever pieces it comes.
  std::string receive_bytes(std::size_t size);

  /// STREAM: waits for a connection.
  virtual void meet();

  /// Whether a message is there. Takes none.
  virtual bool has_mail() = 0;

protected:
  struct incoming {
    std::string peer;
    strings frames;
  };

  virtual void put(const std::string& peer, strings frames) = 0;

  virtual incoming take() = 0;

  socket_type type_;
  bool delimited_;
  std::string peer_;
  strings envelope_;
};

/// A socket actor.
std::unique_ptr<matrix_end> make_actor_end(bridge_fixture& fixture,
                                           const matrix_role& role);

/// A plain socket of libzmq, in `context` or, if that is null, in its own.
std::unique_ptr<matrix_end> make_plain_end(const matrix_role& role,
                                           void* context);

/// A tcp socket of the operating system.
std::unique_ptr<matrix_end> make_raw_end(const matrix_role& role);

} // namespace troupe::test
