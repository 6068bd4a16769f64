// SPDX-License-Identifier: BSL-1.0

// Makes a scheduler that takes 30 % longer to hand out tasks, to see whether
// `troupe-bench compare` notices. Linked with `--wrap`, so that the library
// itself has no switch for it.

#include "troupe/scheduling/scheduler_core.hpp"

#include <chrono>

namespace {

using clock_type = std::chrono::steady_clock;

constexpr auto slowdown = 0.3;

/// What a look at the clock takes.
clock_type::duration look() {
  constexpr auto looks = 1000;
  auto begin = clock_type::now();
  for (auto i = 0; i < looks; ++i)
    clock_type::now();
  return (clock_type::now() - begin) / looks;
}

/// Spins until 30 % more time has passed since `begin`, the looks at the clock
/// included.
void dawdle(clock_type::time_point begin) {
  static const auto cost = look();
  auto now = clock_type::now();
  auto work = now - begin - cost;
  auto until =
    begin - cost
    + std::chrono::duration_cast<clock_type::duration>(work * (1 + slowdown));
  while (now < until)
    now = clock_type::now();
}

} // namespace

// The names are those of `scheduler_core::flush`.
extern "C" {

troupe::scheduler_actions
__real__ZN6troupe14scheduler_core5flushEv(troupe::scheduler_core* self);

troupe::scheduler_actions
__wrap__ZN6troupe14scheduler_core5flushEv(troupe::scheduler_core* self) {
  auto begin = clock_type::now();
  auto result = __real__ZN6troupe14scheduler_core5flushEv(self);
  dawdle(begin);
  return result;
}

} // extern "C"
