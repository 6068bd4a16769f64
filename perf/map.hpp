// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/options.hpp"

namespace troupe::perf {

/// Tasks that sleep: how much of the engines' time is theirs.
workload map_workload();

} // namespace troupe::perf
