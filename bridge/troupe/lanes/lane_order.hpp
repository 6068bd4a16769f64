// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/lanes/lane.hpp"
#include "troupe/multipart.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

namespace troupe {

/// A message of a conversation.
struct ordered_message {
  lane via = lane::task;

  /// Whether the lane was chosen for its size alone, so that the message may
  /// just as well follow a larger one of its conversation on the bulk lane.
  bool automatic = true;

  std::uint64_t conversation = 0;

  multipart content;
};

/// What to send now: a message, or a fence (if `fence` is not 0) that the
/// receiver answers once all messages before it on its lane have arrived.
struct lane_step {
  lane via = lane::task;
  std::uint64_t fence = 0;
  ordered_message message{};
};

/// Keeps the order of conversations whose messages use several lanes, for one
/// peer, on the sending side: a conversation changes its lane only after a
/// fence on the old one was answered, and messages wait here meanwhile. So the
/// receiver neither sorts nor stores anything, and nobody but the sender pays.
///
/// Knows neither sockets nor actors. Conversations share `max_series` rows, so
/// that any number of them costs bounded memory; two that meet in one row keep
/// their order with each other, too, which is more than they asked for.
class lane_order {
public:
  static constexpr std::size_t max_series = 1024;

  /// Bounds what waits, for all conversations together.
  lane_order(std::size_t max_messages, std::size_t max_bytes) noexcept
    : max_messages_(max_messages), max_bytes_(max_bytes) {
    // nop
  }

  /// Takes the next message of its conversation, and adds what may be sent now
  /// to `steps`.
  /// @returns `false` if it would have to wait and finds no room; `message` is
  ///          unchanged then.
  bool push(ordered_message& message, std::vector<lane_step>& steps);

  /// Notes that the receiver answered a fence. Answers to no fence of ours are
  /// ignored.
  void passed(std::uint64_t fence, std::vector<lane_step>& steps);

  /// Messages that wait for an answer to a fence.
  std::size_t waiting() const noexcept {
    return messages_;
  }

  /// Takes out all messages that wait.
  std::vector<ordered_message> take_all();

private:
  /// The conversations of one row.
  struct series {
    /// The lane of the last message that was sent.
    lane current = lane::task;

    /// The fence that was not answered yet, and whether messages followed it.
    std::uint64_t fence = 0;
    bool followed = false;

    std::deque<ordered_message> waiting{};
  };

  bool fits(const series& row, const ordered_message& message) const noexcept;

  void set_fence(std::uint64_t number, series& row,
                 std::vector<lane_step>& steps);

  void send_waiting(series& row, std::vector<lane_step>& steps);

  std::size_t max_messages_;
  std::size_t max_bytes_;
  std::size_t messages_ = 0;
  std::size_t bytes_ = 0;
  std::uint64_t last_fence_ = 0;
  std::unordered_map<std::uint64_t, series> rows_;
};

} // namespace troupe
