// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>

namespace troupe {

/// How the load-balanced scheduler picks an engine, in ipyparallel's words.
enum class placement_scheme : std::uint8_t {
  /// The engine with the fewest outstanding tasks, the one that was picked
  /// longest ago among equals.
  leastload,
  /// The engine that was picked longest ago, whatever its load.
  lru,
};

} // namespace troupe
