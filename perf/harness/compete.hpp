// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/report.hpp"
#include "harness/row.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace troupe::perf {

/// What one run measured: names and values, all of them the better the larger
/// or all the better the smaller, and the same names for each contender.
using measurement = std::vector<std::pair<std::string, double>>;

/// One path that a workload can take.
struct contender {
  /// What all its rows begin with. The field `path` is `raw` or `actor`.
  row key;

  /// Runs once. Throws `std::runtime_error` if an answer was wrong.
  std::function<measurement()> run;
};

/// Runs all contenders once to warm up, then `repeat` times in turn, so that a
/// drift of the machine hits each of them. Reports a row per run, a summary
/// per contender, and for each actor path its ratio to the raw path with the
/// same copy policy.
/// @returns the medians of each contender.
std::vector<measurement> compete(const std::vector<contender>& contenders,
                                 unsigned repeat, report& out);

} // namespace troupe::perf
