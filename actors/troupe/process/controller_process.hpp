// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/controller/controller.hpp"
#include "troupe/process/child_process.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace troupe {

/// Engines of one cluster that have the same tags and slots.
struct engine_group {
  unsigned engines = 1;
  std::vector<std::string> tags{};
  std::vector<slot> slots{};
};

struct controller_process_config {
  /// The cluster's name.
  std::string name = "default";

  /// Where to listen: `ipc`, or a TCP host such as `127.0.0.1`.
  std::string listen = "ipc";

  /// TCP: port of the control lane; the other lanes, and the leaves of the
  /// broadcast tree, take the next ones. 0 = any.
  std::uint16_t port = 0;

  /// TCP has no encryption yet, so whoever wants it must say so.
  bool curve_off = false;

  /// Engines to start, and how many of them must come up; 0 = all.
  std::size_t engines = 0;
  std::size_t min_engines = 0;

  /// How to start an engine. `TROUPE_CONNECTION`, `TROUPE_ROLE` and
  /// `TROUPE_ENGINE_INDEX` are added to its environment.
  process_spec engine{};

  /// Tags and slots of engines: of the first ones, then of the next ones, and
  /// so on. Engines beyond all groups have none.
  std::vector<engine_group> groups{};

  /// How long engines may take until they are ready.
  std::chrono::milliseconds start_limit{30000};

  /// How long engines may take to end.
  std::chrono::milliseconds grace{1000};

  /// Read end of a pipe: when its other end is closed, the owner of the cluster
  /// is gone, and the cluster stops. -1 = nobody owns it.
  int lifeline = -1;

  /// Where to report how the start went, -1 = failures go to stderr.
  int report = -1;

  /// Where `engine-<n>.log` files go; empty = to stderr.
  std::filesystem::path log_dir{};

  /// A device deals out tasks (scheme `pure`), and `scheduler` is not used.
  bool pure = false;

  /// Depth of the broadcast tree; 0 = none. Not beside a device.
  unsigned broadcast_depth = 0;

  hub_config hub{};
  task_scheduler_config scheduler{};
  bridge_config bridge{.spin_time = limits::spin_time};
};

/// The body of a controller process: the controller, and the nanny of its
/// engines in the calling thread, until SIGTERM, SIGINT, the end of the owner
/// or a client's wish.
///
/// Reports the start as one line of JSON, then closes the descriptor:
///
///     {"ok":true,"connection":{...},"engines":4,"seconds":0.21}
///     {"ok":false,"exit":6,"message":"engine 2 of 4 failed to start (exit
///      status 127)","hint":"...","stderr":["last lines"]}
///
/// @returns the exit code of the process: 0, 1 (cannot listen, or the cluster
///          runs already), 2 (a setting makes no sense) or 6 (engines).
int run_controller(const controller_process_config& cfg);

} // namespace troupe
