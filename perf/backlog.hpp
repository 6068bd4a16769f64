// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/options.hpp"

namespace troupe::perf {

/// Tasks per second while many others wait.
workload backlog_workload();

} // namespace troupe::perf
