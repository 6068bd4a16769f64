// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <troupe/bridge.hpp>

#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <vector>

// -- the source ---------------------------------------------------------------

/// The SOURCE interface: has tasks, and hands them out to workers that ask.
using pipeline_source_actor = troupe::socket_owner_actor::extend<
  // Takes tasks. Fails with `ec::limit_reached` when too many wait already.
  caf::reacts_to<troupe::outgoing>>;

/// Matches tasks with credit.
class pipeline_source_state {
public:
  static inline const char* name = "pipeline-source";

  static constexpr std::size_t max_tasks = 1'000'000;

  /// Takes tasks.
  /// @returns whether there was room for all of them; if not, none is taken.
  bool add(std::vector<troupe::multipart> tasks);

  /// Notes that `worker` asks for `n` more tasks.
  void grant(const troupe::routing_id& worker, std::uint64_t n);

  /// Takes back a task whose worker is gone, for the next one.
  void give_back(troupe::multipart task);

  /// Returns the tasks that can go now, with their workers.
  std::vector<troupe::multipart> next();

private:
  std::deque<troupe::multipart> tasks_;
  std::map<troupe::routing_id, std::uint64_t> credit_;
};

/// Hands tasks out over `socket`, a ROUTER.
pipeline_source_actor::behavior_type pipeline_source(
  pipeline_source_actor::stateful_pointer<pipeline_source_state> self,
  troupe::socket_actor socket);

// -- the workers --------------------------------------------------------------

/// The WORKER interface: asks a source for tasks, does one after the other,
/// and sends what comes out to a sink.
using pipeline_worker_actor =
  troupe::socket_owner_actor::extend<caf::reacts_to<caf::tick_atom>>;

struct pipeline_worker_config {
  /// What to do with a task.
  std::function<troupe::multipart(troupe::multipart&)> work;

  /// How many tasks to have here at most: enough to be busy while the next one
  /// is on its way.
  std::uint64_t credit = 2;

  /// Makes each task take so long.
  std::chrono::milliseconds cost{0};
};

struct pipeline_worker_state {
  static inline const char* name = "pipeline-worker";

  std::deque<troupe::multipart> tasks;
};

/// Works between `source`, a DEALER with `watch`, and `sink`, a PUSH.
pipeline_worker_actor::behavior_type pipeline_worker(
  pipeline_worker_actor::stateful_pointer<pipeline_worker_state> self,
  troupe::socket_actor source, troupe::socket_actor sink,
  pipeline_worker_config cfg);
