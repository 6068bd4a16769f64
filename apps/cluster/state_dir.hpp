// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <filesystem>
#include <string>

namespace troupe::apps {

/// Returns `$XDG_STATE_HOME/troupe/<name>`, by default below
/// `~/.local/state`, and makes sure that it exists and is private. Throws
/// `command_error`.
std::filesystem::path state_dir(const std::string& name);

} // namespace troupe::apps
