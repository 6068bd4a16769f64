// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/options.hpp"

namespace troupe::perf {

/// One payload to all engines, an answer of each, and then the next one.
workload broadcast_workload();

} // namespace troupe::perf
