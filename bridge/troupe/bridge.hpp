// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/bridge_type_ids.hpp"
#include "troupe/error.hpp"
#include "troupe/multipart.hpp"
#include "troupe/socket_spec.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// The SOCKET interface: one ZeroMQ socket as an actor. It can be monitored,
/// linked and killed like any other; it ends with its owner, at `close`, or
/// with the bridge. Any exit reason but `kill` sends what waits, as `close`
/// does. PUB sockets drop messages for subscribers over their high-water mark.
using socket_actor = caf::typed_actor<
  // Starts delivering to an owner. Before that, nothing is read.
  caf::reacts_to<atom::attach, socket_owner_actor>,
  // Sends messages, in order per peer. Never blocks; what cannot be sent comes
  // back to the owner as `returned`, or is only counted while there is none.
  caf::reacts_to<outgoing>,
  // Tells what was sent and received.
  caf::replies_to<atom::counters>::with<socket_counters>,
  // Sends what waits, for at most the linger time, then ends.
  caf::reacts_to<atom::close>>;

/// Answer of the BRIDGE to `open`.
struct open_socket {
  socket_actor handle;

  /// What was bound, with real ports in the place of wildcards.
  std::vector<std::string> endpoints;
};

/// The BRIDGE interface: opens sockets and enforces the copy threshold.
using bridge_actor = caf::typed_actor<
  // Opens a socket. Fails with `ec::bad_endpoint`, `ec::address_in_use`,
  // `ec::endpoint_failed` or `ec::bad_config`, with a sentence each.
  caf::replies_to<atom::open, socket_spec>::with<open_socket>,
  // Sums up the counters of all sockets, closed ones included.
  caf::replies_to<atom::counters>::with<socket_counters>>;

struct bridge_config {
  /// Applies to sockets whose spec has no policy of its own.
  copy_policy copy{};

  /// ZeroMQ's I/O threads.
  int io_threads = 1;

  /// Most sockets of the context.
  int max_sockets = 1023;
};

/// Owns the ZeroMQ context and the socket pump: the one thread that touches
/// sockets. Create it after the actor system and destroy it before: the
/// destructor closes all sockets (within their linger times), joins the thread
/// and ends the context. Actors keep their handles; messages to them bounce.
class bridge_runtime {
public:
  bridge_runtime(caf::actor_system& sys, bridge_config cfg = {});

  ~bridge_runtime();

  bridge_runtime(const bridge_runtime&) = delete;
  bridge_runtime& operator=(const bridge_runtime&) = delete;

  /// The bridge actor of this runtime.
  const bridge_actor& actor() const noexcept {
    return actor_;
  }

  /// Opens a socket and waits for the answer, for at most `limit`. For threads
  /// that are no actors.
  caf::expected<open_socket>
  open(socket_spec spec,
       std::chrono::milliseconds limit = std::chrono::milliseconds{10000});

  /// How often the pump woke up. It never does without a reason, so that an
  /// idle process stays asleep.
  std::uint64_t wakeups() const noexcept;

private:
  std::shared_ptr<socket_pump> pump_;
  caf::actor_system& sys_;
  bridge_actor actor_;
};

} // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::open_socket)
