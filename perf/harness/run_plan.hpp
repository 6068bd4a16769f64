// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/options.hpp"

#include <span>
#include <string>
#include <vector>

namespace troupe::perf {

/// Returns the command lines that the workload `all` runs, without the program.
/// A workload that the plan does not know runs once, as it is.
/// @param with what the user asks of all of them: `quick`, `path` and `repeat`.
std::vector<std::vector<std::string>>
plan_of_all(std::span<const workload> others, const options& with);

} // namespace troupe::perf
