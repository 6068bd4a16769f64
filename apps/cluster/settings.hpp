// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cli/options.hpp"
#include "troupe/client/cluster.hpp"
#include "troupe/process/controller_process.hpp"

#include <string>
#include <vector>

namespace troupe::apps {

/// Checks what can be checked before anything is started, and makes paths
/// absolute. Throws `command_error`.
cluster_settings checked(cluster_settings x);

/// Describes a cluster that lives as long as this process.
cluster_options to_cluster_options(const cluster_settings& x);

/// Describes a controller that runs in this process.
controller_process_config to_controller_config(const cluster_settings& x);

/// Arguments with which this program becomes an engine.
std::vector<std::string>
engine_arguments(const std::vector<std::string>& libraries);

/// Reads tags and slots. Throws `command_error`.
resources read_means(const std::string& tags, const std::string& slots);

/// One engine per processor.
unsigned default_engines();

} // namespace troupe::apps
