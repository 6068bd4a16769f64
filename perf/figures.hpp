// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/plot.hpp"
#include "harness/row.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace troupe::perf {

/// Draws what rows hold, next to what others published. A workload without
/// rows has no figures.
std::vector<figure> figures_of(const std::vector<row>& rows);

/// Says in a few sentences what to look for in the figures of a workload.
std::string_view reading_of(std::string_view bench);

} // namespace troupe::perf
