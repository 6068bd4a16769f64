// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "cli/options.hpp"
#include "troupe/client/client.hpp"
#include "troupe/process/connection_info.hpp"

#include <optional>

namespace troupe::apps {

/// The cluster that `TROUPE_CONNECTION` describes, if it is set: that of
/// `troupe run`. Throws `command_error` if it makes no sense.
std::optional<connection_info> enclosing_cluster();

/// Finds the cluster that a command is about: the one of the flag, else the
/// enclosing one, else the only one that runs. Throws `command_error` with the
/// names of those that run.
connection_info find_cluster(const common_options& x);

/// Opens a session within the time that the user allows.
client connect(const connection_info& info, const common_options& x);

} // namespace troupe::apps
