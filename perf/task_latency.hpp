// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/options.hpp"
#include "harness/report.hpp"

namespace troupe::perf {

/// One task through the cluster, then the next: `latency --task`.
void run_task_latency(const options& with, report& out);

} // namespace troupe::perf
