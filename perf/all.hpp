// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/options.hpp"

#include <span>

namespace troupe::perf {

/// Returns the workload `all`: runs the others, each in a process of its own,
/// one after the other. One that fails, hangs or is killed is reported, and the
/// rest goes on.
workload all_of(std::span<const workload> others);

} // namespace troupe::perf
