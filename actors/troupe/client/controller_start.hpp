// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/cluster.hpp"
#include "troupe/process/child_process.hpp"
#include "troupe/process/connection_info.hpp"
#include "troupe/process/controller_process.hpp"

#include <caf/expected.hpp>

#include <string>

/// How `cluster::local` tells a controller process what to do, and what that
/// answers.
namespace troupe {

/// Name of the environment variable that holds a controller's settings.
inline constexpr const char* controller_variable = "TROUPE_CONTROLLER";

/// Translates options into settings. Fails with `ec::bad_config` and a
/// sentence if an option makes no sense.
caf::expected<controller_process_config>
controller_settings(const cluster_options& options, const std::string& program);

/// Adds engines with tags and slots. Fails with `ec::bad_config`.
caf::error add_groups(controller_process_config& x,
                      const std::vector<engine_group>& groups);

/// Returns the settings that `cluster::local` chooses as one line of JSON.
std::string to_json(const controller_process_config& x);

/// Reads what `to_json` wrote. Fails with `ec::bad_config`.
caf::expected<controller_process_config>
parse_controller_start(const std::string& json);

/// What a controller process reports about its start.
struct start_report {
  /// Where to connect, if the start went well.
  connection_info connection{};

  /// Exit code of the command line, 0 if the start went well.
  int exit = 0;
  std::string message{};
  std::string hint{};
  std::vector<std::string> lines{};
};

/// Reads the line that a controller process writes.
caf::expected<start_report> parse_start_report(const std::string& line);

} // namespace troupe
