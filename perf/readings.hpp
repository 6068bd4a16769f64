// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string_view>

namespace troupe::perf {

/// What the figures of a workload are about, and what to look for in them.
/// Empty for workloads without figures.
std::string_view reading_of(std::string_view bench);

} // namespace troupe::perf
