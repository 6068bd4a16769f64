// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/partner.hpp"

#include <cstddef>
#include <vector>

namespace troupe::perf {

/// A map of tasks that sleep.
struct map_job {
  std::size_t engines = 0;
  std::size_t dt_ms = 0;
  std::size_t tasks = 0;

  /// Time of the sleeps alone, if each engine gets its share of them.
  double ideal_seconds() const noexcept {
    return static_cast<double>(dt_ms * tasks) / static_cast<double>(engines)
           / 1e3;
  }
};

/// The ideal: as many processes as engines, of which each sleeps its share of
/// the tasks, one sleep after the other. No message is sent meanwhile, so what
/// is missing to 1 is what a sleep of this machine takes too long.
class raw_sleepers {
public:
  explicit raw_sleepers(std::size_t engines);

  /// Returns when all have slept: the seconds until all were told to.
  double run(const map_job& job);

private:
  std::vector<partner> processes_;
};

/// A process that sleeps when it is told to.
role raw_sleep_role();

/// Sleeps for `ms` milliseconds, on both paths.
void sleep_ms(std::size_t ms);

} // namespace troupe::perf
