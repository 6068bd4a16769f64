// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/options.hpp"

namespace troupe::perf {

/// Messages from a PUSH to a PULL socket: how fast they are sent, and how fast
/// they arrive.
workload throughput_workload();

} // namespace troupe::perf
