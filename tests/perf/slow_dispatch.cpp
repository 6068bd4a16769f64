// SPDX-License-Identifier: BSL-1.0

// Makes a scheduler that hands out tasks 30 % more slowly, to see whether
// `troupe-bench compare` notices. Linked with `--wrap`, so that the library
// itself has no switch for it.

#include "troupe/scheduling/outbox.hpp"

#include <algorithm>
#include <chrono>

namespace {

using clock_type = std::chrono::steady_clock;

constexpr auto slowdown = 0.3;

/// Longer than this the scheduler was idle, not slow.
constexpr clock_type::duration longest = std::chrono::milliseconds{1};

/// Spins in proportion to the time since the last call.
void dawdle() {
  static auto last = clock_type::now();
  auto now = clock_type::now();
  auto share = std::chrono::duration_cast<clock_type::duration>(
    std::min(now - last, longest) * slowdown);
  for (auto until = now + share; now < until;)
    now = clock_type::now();
  last = now;
}

} // namespace

// The names are those of `outbox::dispatch`.
extern "C" {

void __real__ZN6troupe6outbox8dispatchERKNS_4taskEm(troupe::outbox* self,
                                                    const troupe::task& x,
                                                    std::uint64_t key);

void __wrap__ZN6troupe6outbox8dispatchERKNS_4taskEm(troupe::outbox* self,
                                                    const troupe::task& x,
                                                    std::uint64_t key) {
  __real__ZN6troupe6outbox8dispatchERKNS_4taskEm(self, x, key);
  dawdle();
}

} // extern "C"
