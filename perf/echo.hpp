// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/options.hpp"

namespace troupe::perf {

/// Arrays of doubles that come back: how long their sender is busy, and how
/// many bytes make it there and back.
workload echo_workload();

} // namespace troupe::perf
