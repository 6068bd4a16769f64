// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/compete.hpp"

#include <functional>
#include <string>
#include <vector>

namespace troupe::perf {

/// Returns a run that sends one of the `inputs` through the device at
/// `endpoint`, waits for its answer, and goes on with the next. It throws
/// `std::runtime_error` if an answer is wrong.
/// @param inputs outlives the result.
std::function<measurement()>
raw_task_latency(const std::string& endpoint,
                 const std::vector<std::string>& inputs);

} // namespace troupe::perf
