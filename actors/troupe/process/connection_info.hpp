// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/expected.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace troupe {

/// All that a process needs to join a cluster: what `cluster.json` and the
/// environment variable `TROUPE_CONNECTION` hold, as JSON.
struct connection_info {
  /// The cluster's name.
  std::string name;

  /// Random number of the controller's process start: tells a stale file from
  /// a live cluster.
  std::uint64_t instance = 0;

  /// Process id of the controller, and its start time in clock ticks since
  /// boot (field 22 of /proc/PID/stat): together they name one process.
  std::int64_t pid = 0;
  std::uint64_t start_time = 0;

  /// Endpoints of the lanes.
  std::string control;
  std::string tasks;
  std::string direct;

  /// Endpoints of the leaves of the broadcast tree: engines use one of them in
  /// the place of `direct`, see `leaf_of`. Usually there are none.
  std::vector<std::string> leaves{};

  /// Copy policy of all bridges of the cluster, as `copy_policy` reads it.
  std::string copy_threshold = "1024";

  /// Protocol version of the controller.
  std::uint16_t version = 0;

  /// Where engines of a cluster with a device (scheme `pure`) connect to get
  /// tasks, in the place of `tasks`; empty = there is a scheduler.
  std::string device{};

  friend bool operator==(const connection_info&,
                         const connection_info&) = default;
};

/// Name of the environment variable that holds a connection info.
inline constexpr const char* connection_variable = "TROUPE_CONNECTION";

/// Returns one line of JSON.
/// @relates connection_info
std::string to_json(const connection_info& x);

/// Reads what `to_json` wrote. Errors name the field that is missing or wrong.
caf::expected<connection_info> parse_connection_info(const std::string& json);

/// Whether the controller's process is alive.
bool alive(const connection_info& x);

} // namespace troupe
