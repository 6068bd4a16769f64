// SPDX-License-Identifier: BSL-1.0

#include "bridge/failing_allocation.hpp"

#ifdef TROUPE_ALLOCATIONS_FAIL

#  include <cstddef>
#  include <cstdlib>
#  include <new>

namespace {

/// Allocations until one fails. Negative = none does.
thread_local int left = -1;

thread_local bool failed = false;

} // namespace

void* operator new(std::size_t size) {
  if (left >= 0 && left-- == 0) {
    failed = true;
    throw std::bad_alloc{};
  }
  if (auto result = std::malloc(size != 0 ? size : 1))
    return result;
  throw std::bad_alloc{};
}

void operator delete(void* storage) noexcept {
  std::free(storage);
}

void operator delete(void* storage, std::size_t) noexcept {
  std::free(storage);
}

namespace troupe::test {

failing_allocation::failing_allocation(int successes) noexcept {
  left = successes;
  failed = false;
}

failing_allocation::~failing_allocation() {
  left = -1;
}

bool failing_allocation::happened() const noexcept {
  return failed;
}

} // namespace troupe::test

#endif
