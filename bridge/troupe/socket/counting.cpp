// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/counting.hpp"

namespace troupe {

void add_counters(socket_counters& sum, socket_counters& from) noexcept {
  using field = std::uint64_t socket_counters::*;
  static constexpr field fields[] = {
    &socket_counters::messages_sent,   &socket_counters::frames_copied,
    &socket_counters::bytes_copied,    &socket_counters::frames_lent,
    &socket_counters::bytes_lent,      &socket_counters::messages_received,
    &socket_counters::frames_received, &socket_counters::bytes_received,
    &socket_counters::returned,        &socket_counters::dropped,
    &socket_counters::refused,         &socket_counters::held,
  };
  static_assert(sizeof(fields) / sizeof(field)
                == sizeof(socket_counters) / sizeof(std::uint64_t));
  for (auto x : fields)
    sum.*x += std::atomic_ref{from.*x}.load(std::memory_order_relaxed);
}

} // namespace troupe
