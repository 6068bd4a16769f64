// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace troupe::apps {

/// Names of all commands.
std::vector<std::string> command_names();

/// Returns the help for a command, or the overview for an empty or unknown
/// name.
std::string_view help_text(std::string_view command);

} // namespace troupe::apps
