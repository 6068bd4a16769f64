// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>

namespace troupe::perf {

/// Measures wall-clock time from its construction on.
class stopwatch {
public:
  using clock = std::chrono::steady_clock;

  /// Seconds since the start.
  double seconds() const {
    return std::chrono::duration<double>(clock::now() - start_).count();
  }

private:
  clock::time_point start_ = clock::now();
};

} // namespace troupe::perf
