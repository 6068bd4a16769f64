// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/options.hpp"

namespace troupe::perf {

/// Large arrays handed over at once: how long their sender is busy with it.
workload sends_workload();

} // namespace troupe::perf
