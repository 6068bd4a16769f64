// SPDX-License-Identifier: BSL-1.0
#pragma once

namespace troupe::perf {

/// Plays `troupe-bench compare BEFORE AFTER`.
/// @param argc, argv the command line from the word `compare` on.
/// @returns the exit status: 1 if a figure is worse, 2 if the files cannot be
///          compared.
int compare_command(int argc, const char* const* argv);

} // namespace troupe::perf
