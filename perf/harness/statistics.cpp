// SPDX-License-Identifier: BSL-1.0

#include "harness/statistics.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>

namespace troupe::perf {

double median(std::vector<double> xs) {
  assert(!xs.empty());
  auto half = xs.size() / 2;
  std::sort(xs.begin(), xs.end());
  if (xs.size() % 2 == 1)
    return xs[half];
  return (xs[half - 1] + xs[half]) / 2;
}

double quantile(std::vector<double> xs, double q) {
  assert(!xs.empty());
  std::sort(xs.begin(), xs.end());
  auto rank = std::ceil(q * static_cast<double>(xs.size()));
  auto last = static_cast<double>(xs.size());
  return xs[static_cast<std::size_t>(std::clamp(rank, 1.0, last)) - 1];
}

summary summarize(const std::vector<double>& xs) {
  summary result;
  result.median = median(xs);
  std::vector<double> deviations;
  deviations.reserve(xs.size());
  for (auto x : xs)
    deviations.push_back(std::abs(x - result.median));
  result.mad = median(std::move(deviations));
  auto [min, max] = std::minmax_element(xs.begin(), xs.end());
  result.min = *min;
  result.max = *max;
  return result;
}

} // namespace troupe::perf
