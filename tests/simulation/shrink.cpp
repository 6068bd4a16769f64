// SPDX-License-Identifier: BSL-1.0
#include "simulation/world.hpp"

#include <algorithm>
#include <sstream>

namespace troupe::simulation {

namespace {

bool fails(const story& x, const run_options& options) {
  return !run(x, options).violation.empty();
}

/// Leaves out runs of `size` events, as long as the rest fails. Returns whether
/// it left out any.
bool leave_out(story& x, std::size_t size, const run_options& options) {
  auto shorter = false;
  for (std::size_t i = 0; i < x.events.size();) {
    auto without = x;
    auto first = without.events.begin() + static_cast<std::ptrdiff_t>(i);
    auto count = std::min(size, x.events.size() - i);
    without.events.erase(first, first + static_cast<std::ptrdiff_t>(count));
    if (fails(without, options)) {
      x = std::move(without);
      shorter = true;
    } else {
      i += size;
    }
  }
  return shorter;
}

/// Submits fewer tasks, as long as the rest fails.
bool submit_less(story& x, const run_options& options) {
  auto shorter = false;
  for (auto& y : x.events)
    for (auto count : {y.count / 2, y.count - 1}) {
      if (count == 0 || count >= y.count)
        continue;
      auto before = std::exchange(y.count, count);
      if (fails(x, options))
        shorter = true;
      else
        y.count = before;
    }
  return shorter;
}

} // namespace

story shrink(story x, const run_options& options) {
  auto silent = options;
  silent.trace = nullptr;
  for (auto again = true; again;) {
    again = false;
    for (auto size = x.events.size(); size > 0; size /= 2)
      again = leave_out(x, size, silent) || again;
    again = submit_less(x, silent) || again;
  }
  return x;
}

std::string tell(const story& x, run_options options) {
  std::ostringstream out;
  auto& y = x.world;
  out << "seed " << x.seed << ", scheme " << y.scheme << ", hwm " << y.hwm
      << ", engine_bytes " << y.engine_bytes << ", client_tasks "
      << y.client_tasks << ", " << x.events.size() << " events\n";
  options.trace = &out;
  run(x, options);
  return out.str();
}

} // namespace troupe::simulation
