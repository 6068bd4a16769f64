// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/actors_type_ids.hpp"
#include "troupe/bridge.hpp"
#include "troupe/ids.hpp"
#include "troupe/protocol/control.hpp"
#include "troupe/protocol/resources.hpp"
#include "troupe/scheduling/cast_tree.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

/// The handles by which the actors of a cluster know each other. Roles rather
/// than classes: an actor takes the narrowest handle that it needs.
namespace troupe {

/// Tags of the sockets of an engine or client.
inline constexpr std::uint32_t control_lane = 0;
inline constexpr std::uint32_t task_lane = 1;
inline constexpr std::uint32_t direct_lane = 2;

/// An engine that the hub admitted and that may join the task lane.
struct engine_joined {
  engine_id id{};
  /// What `Join` must present.
  std::uint64_t token = 0;
  std::string name;
  /// Sorted ids of the functions it can run.
  std::vector<function_id> functions;
  /// Its tags and slots.
  resources means;
};

/// What the scheduler tells about itself.
struct scheduler_status {
  struct engine {
    engine_id id{};
    std::uint32_t load = 0;
    std::uint64_t done = 0;
    std::uint64_t failed = 0;
    bool joined = false;
  };
  std::vector<engine> engines;
  /// Name of the placement scheme.
  std::string scheme;
  std::uint64_t queued = 0;
  std::uint64_t accepted = 0;
  std::uint64_t reported = 0;
  std::uint64_t redispatched = 0;
  std::uint64_t dropped = 0;
  socket_counters frames;
};

/// Adds counts, loads and frames of another scheduler.
/// @relates scheduler_status
void add(scheduler_status& x, const scheduler_status& y);

/// The part of both schedulers' interfaces that the hub uses. The hub decides
/// who is admitted and who is lost, the scheduler acts on it.
using membership_listener_actor = caf::typed_actor<
  // Announces an engine before it is told its token.
  caf::reacts_to<atom::admit, engine_joined>,
  // Announces a client and its token before it is told.
  caf::reacts_to<atom::admit, client_id, std::uint64_t>,
  // Gives up an engine: its tasks run again elsewhere or end as lost.
  caf::reacts_to<atom::lost, engine_id>,
  // Gives up a client: its waiting tasks are dropped, its results discarded.
  caf::reacts_to<atom::lost, client_id>,
  // Cancels tasks of a client.
  caf::replies_to<atom::cancel, client_id, cancel_request>::with<cancel_counts>,
  // Tells why a task waits, or all of them.
  caf::replies_to<atom::why, why_query>::with<wait_reports>,
  // Tells queue lengths, loads and counts.
  caf::replies_to<atom::status>::with<scheduler_status>>;

/// The SCHEDULER interface. The task scheduler owns each task from acceptance
/// to its report, the direct scheduler passes calls to the engines that they
/// name.
using scheduler_actor =
  membership_listener_actor::extend_with<socket_owner_actor>::extend<
    // Connects the scheduler to the hub. Sent once, before anything else.
    caf::reacts_to<atom::attach, loss_listener_actor>,
    // Looks at what waits. The scheduler sends this message to itself.
    caf::reacts_to<atom::tick>,
    // Takes calls from the root, if it is a leaf of a broadcast tree.
    caf::reacts_to<cast_orders>>;

/// The BROADCAST ROOT interface: a direct scheduler whose engines are those of
/// its leaves.
using broadcast_root_actor =
  membership_listener_actor::extend_with<socket_owner_actor>::extend<
    // Connects the root to the hub. Sent once, before anything else.
    caf::reacts_to<atom::attach, loss_listener_actor>,
    // Sends again what came back. The root sends this message to itself.
    caf::reacts_to<atom::tick>,
    // Takes results from a leaf.
    caf::reacts_to<leaf_report>>;

/// One engine as the hub sees it.
struct cluster_status {
  struct engine {
    engine_id id{};
    std::string name;
    std::string host;
    std::uint32_t pid = 0;
    bool ready = false;
    std::uint32_t silent_ms = 0;
    resources means{};
  };
  std::vector<engine> engines;
  std::size_t clients = 0;
  std::size_t lost = 0;
  std::uint64_t dropped = 0;
};

/// The HUB interface: registers engines and clients, notices who is lost,
/// answers queries. Not in the path of tasks.
using hub_actor = loss_listener_actor::extend_with<socket_owner_actor>::extend<
  // Pings everybody and looks for the silent. Sent to itself once a period.
  caf::reacts_to<atom::tick>,
  // Does what is due out of turn: pings everybody after a connection ended,
  // tells subscribers about changes. Sent to itself.
  caf::reacts_to<atom::probe>,
  // Tells who is registered.
  caf::replies_to<atom::status>::with<cluster_status>,
  // Says goodbye to everybody; then the hub ends.
  caf::reacts_to<atom::stop>>;

} // namespace troupe
