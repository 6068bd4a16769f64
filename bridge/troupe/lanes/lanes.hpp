// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/bridge.hpp"
#include "troupe/lanes/lane.hpp"
#include "troupe/lanes/lanes_messages.hpp"
#include "troupe/lanes/peer_id.hpp"

#include <caf/expected.hpp>
#include <caf/fwd.hpp>

#include <chrono>
#include <cstddef>
#include <optional>

namespace troupe {

/// The LANES interface: talks to other processes over a control, a task and a
/// bulk connection each, as if it were one. A large message never holds up a
/// small one. Ends with its owner, at `close`, or with the bridge, and says
/// goodbye to all peers.
using lanes_actor = caf::typed_actor<
  // Tells the owner from now on. Before that, nobody joins.
  caf::reacts_to<atom::attach, lanes_owner_actor>,
  // Sends messages to a peer. Never blocks; what cannot be sent comes back to
  // the owner as `lanes_returned`.
  caf::reacts_to<lanes_outgoing>,
  // Parts from a peer. It may join again, as another one.
  caf::reacts_to<atom::disconnect, peer_id>,
  // Opens the lanes, as `attach` does, and tells where they are, with real
  // ports in the place of wildcards. Fails like `open` of the BRIDGE.
  caf::replies_to<atom::open>::with<lane_endpoints>,
  // Tells what was sent and received.
  caf::replies_to<atom::counters>::with<lanes_counters>,
  // Says goodbye, sends what waits for at most the linger time, and ends.
  caf::reacts_to<atom::close>>;

/// What to open. One side binds, the other one connects.
struct lanes_spec {
  /// Exactly one of the two. `derive_lanes` makes three endpoints of one.
  std::optional<lane_endpoints> bind{};
  std::optional<lane_endpoints> connect{};

  /// Security, limits and options of all three sockets, each limit per lane.
  /// Types, endpoints, tags, `watch` and `ends_with` are up to the lanes. With
  /// `handlers_on_pump`, the lanes and what their owner does about them run on
  /// the thread of the pump, which saves two wake-ups per message: give all
  /// three sockets the same `pump`.
  socket_spec sockets{};

  /// Messages from this size on, in bytes, take the bulk lane unless told
  /// otherwise.
  std::size_t bulk_size = std::size_t{64} << 10;

  /// Give the bulk lane the second I/O thread, which gives way to all others,
  /// and the small lanes the first. Needs `bridge_config::io_threads` of at
  /// least 2. Do so wherever bulk may be large, and let both sides have
  /// `sockets.peers = bridged`: over ipc, only those send bulk in chunks that
  /// are short enough not to delay others. docs/decisions/0014-lanes.md
  bool own_bulk_thread = false;

  /// The operating system's buffer per bulk connection in bytes, each way; -1
  /// leaves the choice to it. A small one keeps single system calls short.
  int bulk_buffer = 128 << 10;

  /// What may wait to keep conversations in order, per peer. Beyond, messages
  /// come back with `ec::peer_full`.
  std::size_t max_waiting_messages = 65536;
  std::size_t max_waiting_bytes = std::size_t{1} << 30;

  /// How long all lanes of a link may take to say hello and be welcome. A
  /// goodbye may take the linger time of the sockets longer.
  std::chrono::milliseconds join_timeout{5000};

  /// Listening side: most links of which lanes are missing, and most peers.
  std::size_t max_joining = 64;
  std::size_t max_peers = 16384;

  /// Connecting side: pauses before the next attempt, once a link broke or was
  /// refused; they double from the first to the second.
  std::chrono::milliseconds retry_min{100};
  std::chrono::milliseconds retry_max{5000};
};

/// Returns what is wrong with `spec` apart from endpoints and options, which
/// opening the sockets tells, or none.
/// @relates lanes_spec
caf::error check(const lanes_spec& spec);

/// Makes lanes that `attach` or `open` open. If that fails, the actor ends with
/// the error.
lanes_actor spawn_lanes(caf::actor_system& sys, bridge_actor bridge,
                        lanes_spec spec);

/// Answer of `open_lanes`.
struct opened_lanes {
  lanes_actor handle;
  lane_endpoints endpoints;
};

/// Opens lanes and waits until that is done, for at most `limit`. For threads
/// that are no actors.
caf::expected<opened_lanes>
open_lanes(caf::actor_system& sys, bridge_actor bridge, lanes_spec spec,
           std::chrono::milliseconds limit = std::chrono::milliseconds{10000});

} // namespace troupe
