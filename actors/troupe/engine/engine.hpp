// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/engine/task_runner.hpp"
#include "troupe/hub/hub_link.hpp"
#include "troupe/interfaces.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

struct engine_config {
  /// Name to register under; empty = the hub makes one.
  std::string name{};

  /// Random number of this process start.
  std::uint64_t incarnation = 0;

  std::uint32_t pid = 0;
  std::string host{};

  /// Tags and slots, for tasks that demand them.
  resources means{};

  /// Endpoints of the leaves of the broadcast tree. The engine opens a socket
  /// to that of its number, through `bridge`, and uses it as its direct lane.
  /// None: there is no tree.
  std::vector<std::string> leaves{};
  bridge_actor bridge{};

  /// What that socket is, but for endpoint and tag.
  socket_spec leaf_socket{};

  /// The control endpoint of the controller, for sentences.
  std::string endpoint{};

  /// How long to greet a controller that does not answer.
  std::chrono::milliseconds connect_limit{10000};

  /// When to send results again for which the task lane had no room.
  std::chrono::milliseconds resend{20};

  /// How long a task may go on when its time is over, after it was asked to
  /// stop.
  std::chrono::milliseconds stop_grace{1000};

  /// How to get tasks from a device, in the place of a task lane.
  struct device_lane {
    bridge_actor bridge;
    socket_spec socket;
  };

  /// Opened when the hub welcomes the engine: a device deals tasks to whoever
  /// is there.
  std::optional<device_lane> device{};
};

/// Why an engine ends.
enum class engine_end : std::uint8_t {
  /// One side said goodbye.
  goodbye,
  /// The controller is gone, or never answered.
  lost,
  /// The controller turned the engine away.
  refused,
  /// The controller speaks another version of the protocol.
  version_mismatch,
  /// It has to end together with the task that it runs.
  killed,
};

/// Is called once, in a thread of the actor system, with a sentence for people.
using engine_end_listener = std::function<void(engine_end, std::string reason)>;

/// The ENGINE interface.
using engine_actor = socket_owner_actor::extend<
  // Says that the runner has results.
  caf::reacts_to<atom::finished>,
  // Looks for results that were held back, and sends what had no room. The
  // engine sends this message to itself.
  caf::reacts_to<atom::probe>,
  // Looks at heartbeats. The engine sends this message to itself.
  caf::reacts_to<atom::tick>,
  // Looks whether the time of the running task is over. The engine sends this
  // message to itself.
  caf::reacts_to<atom::revoke>,
  // Says goodbye to the hub and ends.
  caf::reacts_to<atom::stop>>;

struct engine_state {
  using time_point = hub_link::time_point;

  static inline const char* name = "troupe.engine";

  /// Set as long as the engine lives.
  std::optional<hub_link> link;

  socket_actor control;
  socket_actor tasks; // null if there is a device and it is not opened yet
  /// Null while there is no socket to its leaf yet.
  socket_actor direct;

  /// What its events and deliveries come with: a socket to another leaf gets
  /// another tag.
  std::uint32_t direct_tag = direct_lane;

  /// The leaf that it has, or opens, a socket to; and the `Join` for it.
  std::optional<std::uint32_t> leaf;
  std::vector<buffer> leaf_join;

  std::vector<std::string> leaves;
  bridge_actor bridge;
  socket_spec leaf_socket;

  std::shared_ptr<task_runner> runner;
  engine_end_listener on_end;

  /// Set if tasks come from a device: each message begins with a frame that
  /// says where its results go, and they begin with it, too.
  std::optional<engine_config::device_lane> device;

  /// Results that the lanes gave back because they were full.
  std::vector<multipart> unsent;
  std::vector<multipart> unsent_direct;
  std::chrono::milliseconds resend{};

  /// When the pending `tick` comes, if one is pending.
  std::optional<time_point> tick_at;

  /// Whether a `probe` is pending, and which task ran when it was sent.
  bool probing = false;
  std::uint64_t probed_task = 0;

  /// The task whose time is looked at, and whether it was asked to stop.
  std::uint64_t limited_task = 0;
  std::optional<std::chrono::steady_clock::time_point> look_at;
  bool asked_to_stop = false;
  std::chrono::milliseconds stop_grace{};

  /// Whether the process has to end with its task.
  bool killed = false;

  /// Whether the last refusal was about the protocol version.
  bool wrong_version = false;

  /// Messages that made no sense here.
  std::uint64_t dropped = 0;
};

/// Answers the hub on `control`, passes tasks from `tasks` and `direct` to
/// `runner` and results back. Calls `on_end` when the controller is lost, turns
/// the engine away or says goodbye; the actor ends then.
///
/// `runner` must wake the engine with `finished`. With `engine_config::device`,
/// `tasks` is null, and with `engine_config::leaves` so is `direct`.
engine_actor::behavior_type
engine(engine_actor::stateful_pointer<engine_state> self, engine_config cfg,
       socket_actor control, socket_actor tasks, socket_actor direct,
       std::shared_ptr<task_runner> runner, engine_end_listener on_end);

} // namespace troupe
