// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>

namespace troupe {

/// How many tasks one engine may have outstanding.
struct load_limit {
  /// The most.
  std::uint32_t hwm = 0;

  /// An engine that has reached its hwm gets the next task when it has this
  /// many left or fewer, so that several results bring one message with several
  /// tasks. Less than the hwm. The last tasks that wait go out one by one, so
  /// that all engines end at the same time.
  std::uint32_t refill = 0;

  friend bool operator==(const load_limit&, const load_limit&) = default;
};

/// A limit that fills each gap at once.
constexpr load_limit at_most(std::uint32_t hwm) noexcept {
  return {hwm, hwm > 0 ? hwm - 1 : 0};
}

} // namespace troupe
