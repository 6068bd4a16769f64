// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/options.hpp"

namespace troupe::perf {

/// Small round trips while a gigabyte moves between the same two processes.
workload interference_workload();

} // namespace troupe::perf
