// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace troupe {

/// Finds connections on which a message goes on beyond all limits. ZeroMQ hands
/// over whole messages only, and keeps the beginning of the others in memory:
///
///     taken off the connection |-- delivered --|-- begun, so far unseen --|
///
/// Counts bytes per connection from time to time, and asks who sent a message
/// only while some connection has brought much since the last time. So it costs
/// nothing per message otherwise. Knows neither sockets nor clocks.
///
/// In turn: `took` for each connection, then all messages there are with
/// `delivered`, and, as soon as there are no more, `judge`.
class intake {
public:
  /// `limit`: bytes of the longest message, with all that surrounds it on the
  /// wire. What is unseen of one connection exceeds it by half at most, and by
  /// what comes until the next `judge`.
  explicit intake(std::uint64_t limit) noexcept : limit_(limit) {
    // nop
  }

  /// A connection begins, at zero bytes.
  void began(int id);

  void ended(int id);

  /// `bytes` were taken off a connection since it began.
  void took(int id, std::uint64_t bytes) noexcept;

  /// Whether `delivered` has to be called for messages.
  bool curious() const noexcept {
    return watched_ > 0;
  }

  /// A message came from this connection.
  void delivered(int id) noexcept;

  /// Returns the connections that are over the limit.
  std::vector<int> judge();

  /// Whether bytes came between the last two calls of `judge`.
  bool moving() const noexcept {
    return moving_;
  }

private:
  enum class state : std::uint8_t {
    idle,
    /// It brought much, and nobody noted yet whose messages arrived.
    watched,
    /// All that came since `base` belongs to one message.
    suspected,
  };

  struct connection {
    std::uint64_t base = 0; // what came before is delivered, or was forgiven
    std::uint64_t before = 0;
    std::uint64_t taken = 0;
    state is = state::idle;
    bool delivered = false;
  };

  void stop_watching(connection& x) noexcept;

  /// @returns whether `x` is over the limit.
  bool judge(connection& x) noexcept;

  std::uint64_t limit_;
  std::map<int, connection> connections_;
  std::size_t watched_ = 0;
  bool moving_ = false;
};

} // namespace troupe
