// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/options.hpp"
#include "harness/report.hpp"

#include <cstddef>

namespace troupe::perf {

/// Runs the scheduler alone, in this process and without sockets, while tasks
/// wait: its rules against a plain queue.
void run_scheduler_backlog(const options& with, std::size_t engines,
                           std::size_t queued, std::size_t size, report& out);

} // namespace troupe::perf
