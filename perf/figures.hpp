// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/plot.hpp"
#include "harness/row.hpp"

#include <vector>

namespace troupe::perf {

/// Draws what rows hold, next to what others published. A workload without
/// rows has no figures.
std::vector<figure> figures_of(const std::vector<row>& rows);

} // namespace troupe::perf
