// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <vector>

namespace troupe::perf {

/// What several runs of one thing say together. Robust against the odd run
/// that something else disturbed: the median, and around it the median of the
/// absolute deviations (MAD).
struct summary {
  double median = 0;
  double mad = 0;
  double min = 0;
  double max = 0;
};

/// Returns the value in the middle of `xs`, or the mean of the two that are.
/// `xs` must not be empty.
double median(std::vector<double> xs);

/// Returns the smallest of `xs` that at least the fraction `q` of them do not
/// exceed. `xs` must not be empty.
double quantile(std::vector<double> xs, double q);

/// @relates summary
summary summarize(const std::vector<double>& xs);

} // namespace troupe::perf
