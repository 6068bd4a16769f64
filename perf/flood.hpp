// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/options.hpp"

namespace troupe::perf {

/// Tiny tasks that only come back, as many and as fast as possible: how fast
/// they are handed over, and how fast all results are there.
workload flood_workload();

} // namespace troupe::perf
