// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/lanes/lane.hpp"
#include "troupe/lanes/peer_id.hpp"
#include "troupe/multipart.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace troupe {

/// What the owner of lanes sends to a peer with one activation.
struct lanes_outgoing {
  peer_id peer{};

  /// By default, each message chooses by its size: task, or bulk.
  std::optional<lane> via{};

  /// Messages of one conversation arrive in the order in which they were sent,
  /// whatever lanes they take. 0 = each lane keeps its own order, and nothing
  /// waits for anything.
  std::uint64_t conversation = 0;

  std::vector<multipart> messages;
};

/// What came from a peer over one lane.
struct lanes_delivery {
  peer_id peer{};
  lane via{};

  std::vector<multipart> messages;

  /// Counts against the bound of unhandled deliveries of the lane's socket
  /// while it lives, as that of a `delivery` does.
  std::shared_ptr<const void> ticket{};
};

/// A message that could not be sent, given back with the reason. The peer is 0
/// if it is long gone.
struct lanes_returned {
  peer_id peer{};
  lane via{};
  ec reason{};
  multipart message;
};

/// Counts since the lanes were opened.
struct lanes_counters {
  /// Peers that joined, and those that have not left.
  std::uint64_t joined = 0;
  std::uint64_t peers = 0;

  /// Links that did not come about, and messages that were refused.
  std::uint64_t refused = 0;

  /// Messages by lane, without those of the lanes themselves.
  per_lane<std::uint64_t> sent{};
  per_lane<std::uint64_t> received{};

  /// Messages given back to the owner.
  std::uint64_t returned = 0;

  /// Messages from outside that were dropped: no header, or no peer.
  std::uint64_t dropped = 0;

  /// Fences sent to keep conversations in order.
  std::uint64_t fences = 0;
};

} // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::lanes_outgoing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::lanes_delivery)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::lanes_returned)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::lanes_counters)
