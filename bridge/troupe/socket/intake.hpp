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
///     taken off the connection |-- delivered --|-- whole --|-- begun --|
///
/// Counts bytes per connection from time to time, and asks who sent a message
/// only while some connection has brought much since the last time. So it costs
/// nothing per message otherwise. Knows neither sockets nor clocks.
///
/// In turn: `took` for each connection, then messages with `delivered`, and
/// `judge`; the latter again as soon as it can tell more.
class intake {
public:
  /// Which of the messages that were whole at the first `took` were delivered.
  enum class progress : std::uint8_t {
    /// Any.
    some,
    /// At least one of each connection that had some.
    turn,
    /// All of them, and those of later calls of `took`.
    all,
  };

  /// `limit`: bytes of the longest message, with all that surrounds it on the
  /// wire. `queue`: the most whole messages of a connection that wait.
  ///
  /// What is begun of one connection exceeds `limit` by half at most, and by
  /// what comes until each connection had its turn. As long as none has, whole
  /// messages and the one begun may be as many bytes as `queue` messages more.
  explicit intake(std::uint64_t limit, std::uint64_t queue = 0) noexcept;

  /// A connection begins, at zero bytes.
  void began(int id);

  void ended(int id);

  /// `bytes` were taken off a connection since it began.
  void took(int id, std::uint64_t bytes) noexcept;

  /// Whether `delivered` has to be called for messages.
  bool curious() const noexcept {
    return watched_ > 0;
  }

  /// A message came from this connection, which was so many bytes on the wire,
  /// at least and at most.
  void delivered(int id, std::uint64_t least, std::uint64_t most) noexcept;

  /// Returns the connections that are over the limit.
  std::vector<int> judge(progress how);

  /// Whether bytes came with the last calls of `took`.
  bool moving() const noexcept {
    return moving_;
  }

private:
  enum class state : std::uint8_t {
    idle,
    /// It brought much, and nobody noted yet whose messages arrived.
    watched,
    /// `high` is known.
    suspected,
  };

  struct connection {
    std::uint64_t taken = 0;
    std::uint64_t mark = 0; // taken when the turn began

    // The last message that was delivered ended between these two.
    std::uint64_t low = 0;
    std::uint64_t high = 0;

    std::uint64_t empty_mark = 0; // all whole ones up to here are delivered
    bool empty = false;           // there is such a mark
    bool delivered = false;       // in this turn
    state is = state::idle;
  };

  void stop_watching(connection& x) noexcept;

  /// @returns whether no message of `x` was whole when the turn began.
  bool end_turn(connection& x, progress how) noexcept;

  /// @returns whether `x` is over the limit.
  bool judge(connection& x, progress how) noexcept;

  std::uint64_t limit_;
  std::uint64_t most_; // bytes that may wait while nothing is delivered
  std::map<int, connection> connections_;
  std::size_t watched_ = 0;
  bool in_turn_ = false; // `took` was called before, and nothing is known yet
  bool noted_ = false;   // all messages of this turn
  bool moving_ = false;
  bool moved_ = false;
};

} // namespace troupe
