// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/options.hpp"

namespace troupe::perf {

/// From which size on lending the memory of a message beats copying it.
workload crossover_workload();

} // namespace troupe::perf
