// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/options.hpp"

namespace troupe::perf {

/// What the processes need: idle, with tasks queued, and after many tasks.
workload memory_workload();

} // namespace troupe::perf
