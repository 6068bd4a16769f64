// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/error.hpp"
#include "troupe/identity.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace troupe {

/// Names a process on the other side of three lanes. Local to one `lanes`
/// actor, from 1, never used again: whoever joins anew is a new peer.
enum class peer_id : std::uint64_t {};

/// Tells the owner of lanes who came and went.
struct peer_event {
  enum class kind : std::uint8_t {
    /// All lanes of the peer are there.
    joined,
    /// One lane broke, or the peer said goodbye. What was on the way may be
    /// lost; what was not sent yet comes back first.
    left,
    /// A link did not come about, or a message was refused. There is no peer.
    refused,
  };

  kind what{};
  peer_id peer{};
  ec reason{};
  std::string text{};

  /// Who the peer proved to be, on every lane. Null without keys.
  identity_ptr user{};

  /// How many refusals this event stands for.
  std::uint32_t count = 1;

  /// As that of a `lanes_delivery`, if a peer caused the event.
  std::shared_ptr<const void> ticket{};
};

/// Returns the name of an event, such as `joined`.
/// @relates peer_event
const char* to_string(peer_event::kind what) noexcept;

} // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::peer_event)
