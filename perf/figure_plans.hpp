// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/figure_plan.hpp"

#include <vector>

namespace troupe::perf {

/// How to draw the rows of all workloads but `crossover`.
std::vector<figure_plan> all_figure_plans();

} // namespace troupe::perf
