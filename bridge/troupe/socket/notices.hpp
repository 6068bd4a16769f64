// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/multipart.hpp"
#include "troupe/socket_spec.hpp"

#include <optional>
#include <unordered_set>

namespace troupe {

/// Tells the notices that ZeroMQ writes as messages from real messages: XPUB
/// sockets receive subscriptions, STREAM sockets an empty message when a
/// connection begins or ends. Knows neither sockets nor actors.
class notices {
public:
  explicit notices(socket_type type) noexcept : type_(type) {
    // nop
  }

  /// Returns the event that `message` stands for, or nothing if it is a message
  /// to be delivered.
  std::optional<socket_event> read(const multipart& message);

  /// Returns the event that follows from sending `message`: an empty one to a
  /// STREAM hangs up, and ZeroMQ does not write about that.
  std::optional<socket_event> sent(const multipart& message);

private:
  socket_type type_;
  std::unordered_set<routing_id> streams_; // that have begun and not ended

  // STREAMs that we ended. ZeroMQ may have one last message of theirs ready.
  std::unordered_set<routing_id> hung_up_;
};

} // namespace troupe
