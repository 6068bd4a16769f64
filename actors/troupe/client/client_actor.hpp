// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/cast_session.hpp"
#include "troupe/client/client_board.hpp"
#include "troupe/client/client_session.hpp"
#include "troupe/client/device_watch.hpp"
#include "troupe/hub/hub_link.hpp"
#include "troupe/interfaces.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace troupe {

/// The CLIENT interface.
using client_actor = socket_owner_actor::extend<
  // Says that calls wait on the board.
  caf::reacts_to<atom::submit>,
  // Asks the hub for its status, which appears on the board.
  caf::reacts_to<atom::status>,
  // Asks the hub to stop the whole cluster.
  caf::reacts_to<atom::close>,
  // Looks at heartbeats. The client sends this message to itself.
  caf::reacts_to<atom::tick>,
  // Says goodbye to the hub and ends.
  caf::reacts_to<atom::stop>>;

struct client_actor_config {
  /// How to greet the hub.
  hub_link_config link{};

  /// Name of the cluster, for sentences.
  std::string cluster{};

  /// Whether the process of the controller is alive, as far as that can be
  /// told from here. Asked when the connection breaks.
  std::function<bool()> controller_alive = [] { return true; };

  /// Time between two questions while the connection is broken.
  std::chrono::milliseconds alive_period{20};

  /// Messages to send before anything else gets a turn.
  std::size_t messages_per_turn = 16;

  /// Set if the task lane leads to a device in the place of a scheduler.
  std::optional<device_limits> device{};
};

/// What a client knows.
struct client_state {
  static inline const char* name = "troupe.client";

  using time_point = hub_link::time_point;

  client_actor_config cfg;
  socket_actor control;
  socket_actor tasks;
  socket_actor direct;
  client_board_ptr board;
  client_session session;
  cast_session casts;
  std::optional<hub_link> link;
  std::optional<device_watch> device;

  /// The number under which tasks in flight were sent.
  std::optional<std::uint32_t> id;

  /// Cancels and questions on their way, by the number of the request.
  struct cancel_on_its_way {
    std::uint64_t count = 0;
    std::uint64_t dequeued = 0;
    std::promise<cancelled_tasks> answer;
  };
  std::map<std::uint64_t, cancel_on_its_way> cancels;
  std::map<std::uint64_t, why_wish> questions;
  std::uint64_t last_request = 0;

  /// When the next tick comes, if any.
  std::optional<time_point> next_tick;

  /// What users are told if the link ends.
  errc end_code = errc::no_cluster;

  /// The connection broke, and nothing was heard since.
  bool broken = false;
  bool ended = false;
};

/// Runs a session over three DEALER sockets, tagged `control_lane`, `task_lane`
/// and `direct_lane`, to one controller. Goes on to answer when the session
/// ended, so that nobody waits for it; ends with `atom::stop`.
client_actor::behavior_type
client_session_actor(client_actor::stateful_pointer<client_state> self,
                     client_actor_config cfg, socket_actor control,
                     socket_actor tasks, socket_actor direct,
                     client_board_ptr board);

} // namespace troupe
