// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/hub/member_id.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace troupe {

/// Counts silent periods per engine and client. Knows neither actors nor
/// clocks: whoever owns it says when a period ends. So a controller that was
/// stopped itself for a while does not give up everybody when it goes on.
class heart_monitor {
public:
  /// Starts watching `id`. Returns `false` if it is watched already.
  bool watch(member_id id);

  /// Resets the misses of `id`. Returns `false` if nobody watches it.
  bool beat(member_id id);

  /// Stops watching `id`. Returns `false` if nobody watches it.
  bool forget(member_id id);

  /// Ends a period and forgets all with more than `max_misses`.
  /// @returns the forgotten in ascending order, engines first.
  std::vector<member_id> end_period(std::uint32_t max_misses);

private:
  std::map<member_id, std::uint32_t> misses_;
};

} // namespace troupe
