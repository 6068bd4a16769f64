// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/socket_spec.hpp"

#include <atomic>
#include <cstdint>

namespace troupe {

// Only the pump's thread writes counters, any thread may read them. So adding
// needs no locked instruction, and a count is visible to whoever got a message
// that was sent after it.

/// Adds `n` to `counter`. Only for the one thread that writes it.
inline void count(std::uint64_t& counter, std::uint64_t n = 1) noexcept {
  std::atomic_ref{counter}.store(counter + n, std::memory_order_relaxed);
}

/// Sets `gauge`. Only for the one thread that writes it.
inline void set_gauge(std::uint64_t& gauge, std::uint64_t value) noexcept {
  std::atomic_ref{gauge}.store(value, std::memory_order_relaxed);
}

/// Adds all counters of `from`, which another thread may be writing, to `sum`.
void add_counters(socket_counters& sum, socket_counters& from) noexcept;

} // namespace troupe
