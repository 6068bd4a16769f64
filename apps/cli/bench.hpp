// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <vector>

namespace troupe::apps {

/// Turns this process into `troupe-bench`, the one beside this program or else
/// the one in PATH. Throws `command_error` if there is none.
/// @param args what comes after `troupe bench`.
[[noreturn]] void become_bench(std::vector<std::string> args);

} // namespace troupe::apps
