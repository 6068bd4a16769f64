// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/options.hpp"

#include <vector>

namespace troupe::perf {

/// Returns the subcommands of the program, by name.
std::vector<workload> all_workloads();

} // namespace troupe::perf
