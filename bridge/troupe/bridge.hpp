// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/bridge_type_ids.hpp"
#include "troupe/calibration.hpp"
#include "troupe/error.hpp"
#include "troupe/lanes/lanes_messages.hpp"
#include "troupe/multipart.hpp"
#include "troupe/socket_context.hpp"
#include "troupe/socket_spec.hpp"

#include <caf/execution_unit.hpp>
#include <caf/message_id.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

/// The SOCKET interface: one ZeroMQ socket as an actor. It can be monitored,
/// linked and killed like any other; it ends with its owner, at `close`, or
/// with the bridge. Any exit reason but `kill` sends what waits, as `close`
/// does.
using socket_actor = caf::typed_actor<
  // Starts delivering to an owner. What was read before comes first.
  caf::reacts_to<atom::attach, socket_owner_actor>,
  // Sends messages, in order per peer. Never blocks; what cannot be sent comes
  // back to the owner as `returned`, or is only counted while there is none.
  caf::reacts_to<outgoing>,
  // Sends one message. Several are cheaper together.
  caf::reacts_to<multipart>,
  // REQ and DEALER: sends a request and answers with the reply. Fails with
  // `ec::timed_out`, `ec::limit_reached`, or as messages come back.
  caf::replies_to<atom::request, multipart>::with<multipart>,
  // SUB and XSUB: receives messages whose first frame begins so, too; or not.
  caf::reacts_to<atom::subscribe, std::string>,
  caf::reacts_to<atom::unsubscribe, std::string>,
  // Adds an endpoint, and answers with the real one. Fails like `open`.
  caf::replies_to<atom::bind, std::string>::with<std::string>,
  caf::replies_to<atom::connect, std::string>::with<std::string>,
  // Ends an endpoint, which is written as the answer to `bind` or `connect`.
  // What ZeroMQ queued for its peers may be lost. Fails with
  // `ec::bad_endpoint`.
  caf::reacts_to<atom::unbind, std::string>,
  caf::reacts_to<atom::disconnect, std::string>,
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

  /// Where `copy_policy::automatic()` keeps what it measured; empty = nowhere,
  /// so that each process measures again, for a tenth of a second.
  std::string calibration_path = calibration_file::default_path();

  /// Where sockets live. Bridges that share a context reach each other over
  /// inproc, from one actor system to another. By default each has its own,
  /// made with the two numbers below.
  std::shared_ptr<socket_context> context{};

  /// ZeroMQ's I/O threads. Those behind the first one give way to all other
  /// threads of the process: see `lanes_spec::own_bulk_thread`.
  int io_threads = 1;

  /// Most sockets of the context. A socket that is watched, bound to tcp or
  /// sends over ipc counts three times.
  int max_sockets = 16384;

  /// Threads that touch sockets, each socket always the same one. One keeps up
  /// with several I/O threads; more are for many busy sockets on many cores.
  std::size_t pumps = 1;

  /// How long a pump looks for more before it sleeps, while that pays: it lets
  /// other threads run meanwhile, but uses a core that has nothing else to do.
  /// Answers that come so fast find it awake. 0 = it sleeps at once. Of several
  /// pumps, fewer do that than there are cores.
  std::chrono::microseconds spin_time{100};
};

/// Owns the ZeroMQ context and the socket pumps: the threads that touch
/// sockets. Create it after the actor system and destroy it before: the
/// destructor closes all sockets (within their linger times), joins the threads
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

  /// Opens a socket and waits for the answer, for at most `limit`; fails with
  /// `ec::timed_out` then, and closes the socket if it opens later. For threads
  /// that are no actors.
  caf::expected<open_socket>
  open(socket_spec spec,
       std::chrono::milliseconds limit = std::chrono::milliseconds{10000});

  /// Sends like `caf::anon_send`. If `receiver` wakes up for it, it does so on
  /// the thread of the first pump, as a guest: see
  /// `socket_spec::handlers_on_pump`. For other threads that talk to such
  /// actors: what they send to sockets leaves without another wake-up.
  /// Thread-safe.
  template <class Handle, class... Ts>
  void tell(const Handle& receiver, Ts&&... xs) const {
    receiver->eq_impl(caf::make_message_id(), nullptr, &entrance(),
                      std::forward<Ts>(xs)...);
  }

  /// How often the pumps woke up. They never do without a reason, so that an
  /// idle process stays asleep.
  std::uint64_t wakeups() const noexcept;

private:
  caf::execution_unit& entrance() const noexcept;

  std::shared_ptr<socket_pumps> pumps_;
  caf::actor_system& sys_;
  bridge_actor actor_;
};

} // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::open_socket)
