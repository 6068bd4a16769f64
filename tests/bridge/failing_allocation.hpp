// SPDX-License-Identifier: BSL-1.0

#pragma once

namespace troupe::test {

// Sanitizers have an `operator new` of their own, which checks more.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#  define TROUPE_ALLOCATIONS_FAIL 1

/// While it lives, one allocation of this thread fails: the one that comes
/// after `successes` others.
class failing_allocation {
public:
  explicit failing_allocation(int successes) noexcept;

  ~failing_allocation();

  failing_allocation(const failing_allocation&) = delete;

  failing_allocation& operator=(const failing_allocation&) = delete;

  /// Whether it has failed.
  bool happened() const noexcept;
};

#endif

} // namespace troupe::test
