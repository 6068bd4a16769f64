// SPDX-License-Identifier: BSL-1.0

#include "report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>

namespace demo {

void report::line(const std::string& text) {
  fmt::print("{:2} {}\n", ++parts_, text);
  std::fflush(stdout);
}

void report::detail(const std::string& text) {
  fmt::print("   {}\n", text);
  std::fflush(stdout);
}

void report::check(bool passed, const std::string& claim) {
  ++checks_;
  if (passed)
    return;
  ++failed_;
  detail("FAILED: " + claim);
}

std::string bytes_text(double bytes) {
  if (bytes >= 1e9)
    return fmt::format("{:.2f} GB", bytes / 1e9);
  if (bytes >= 1e6)
    return fmt::format("{:.1f} MB", bytes / 1e6);
  if (bytes >= 1e3)
    return fmt::format("{:.1f} kB", bytes / 1e3);
  return fmt::format("{:.0f} B", bytes);
}

std::string rate_text(double per_second) {
  if (per_second >= 1e6)
    return fmt::format("{:.2f} M", per_second / 1e6);
  if (per_second >= 1e3)
    return fmt::format("{:.1f} k", per_second / 1e3);
  return fmt::format("{:.0f}", per_second);
}

std::string time_text(double seconds) {
  if (seconds >= 1)
    return fmt::format("{:.2f} s", seconds);
  if (seconds >= 1e-3)
    return fmt::format("{:.1f} ms", seconds * 1e3);
  return fmt::format("{:.0f} us", seconds * 1e6);
}

double quantile(std::vector<double> xs, double q) {
  auto rank = std::ceil(q * static_cast<double>(xs.size()));
  auto index = static_cast<std::ptrdiff_t>(std::max(rank, 1.0)) - 1;
  std::nth_element(xs.begin(), xs.begin() + index, xs.end());
  return xs[static_cast<std::size_t>(index)];
}

} // namespace demo
