// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/options.hpp"

namespace troupe::perf {

/// Round trips from a REQ to a REP socket, one after the other.
workload latency_workload();

} // namespace troupe::perf
