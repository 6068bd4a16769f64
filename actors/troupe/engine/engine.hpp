// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/engine/task_runner.hpp"
#include "troupe/interfaces.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace troupe {

/// Tags of the two sockets of an engine or client.
inline constexpr std::uint32_t control_lane = 0;
inline constexpr std::uint32_t task_lane = 1;

struct engine_config {
  /// Name to register under; empty = the hub makes one.
  std::string name{};

  /// Random number of this process start.
  std::uint64_t incarnation = 0;

  std::uint32_t pid = 0;
  std::string host{};

  /// How long to greet a controller that does not answer.
  std::chrono::milliseconds connect_limit{10000};
};

/// The ENGINE interface.
using engine_actor = socket_owner_actor::extend<
  // Says that the runner has results.
  caf::reacts_to<atom::finished>,
  // Looks at heartbeats. The engine sends this message to itself.
  caf::reacts_to<atom::tick>,
  // Says goodbye to the hub and ends.
  caf::reacts_to<atom::stop>>;

struct engine_state;

/// Answers the hub on `control`, passes tasks from `tasks` to `runner` and
/// results back. Calls `on_end` once, with the reason, when the controller is
/// lost, turns it away or says goodbye; the actor ends then.
engine_actor::behavior_type
engine(engine_actor::stateful_pointer<engine_state> self, engine_config cfg,
       socket_actor control, socket_actor tasks,
       std::shared_ptr<task_runner> runner,
       std::function<void(std::string reason, bool orderly)> on_end);

} // namespace troupe
