// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <troupe/bridge.hpp>

#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>

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
