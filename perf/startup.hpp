// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/options.hpp"

namespace troupe::perf {

/// From nothing to a cluster whose engines have all answered.
workload startup_workload();

} // namespace troupe::perf
