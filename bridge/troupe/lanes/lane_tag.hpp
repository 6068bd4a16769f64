// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/lanes/lane.hpp"

#include <cstdint>

namespace troupe {

// Tags tell the sockets of one attempt to connect from those of another.

inline constexpr auto tags_per_generation = std::uint32_t{4};

inline constexpr std::uint32_t make_tag(std::uint32_t generation,
                                        lane via) noexcept {
  return generation * tags_per_generation + static_cast<std::uint32_t>(via);
}

inline constexpr lane lane_of(std::uint32_t tag) noexcept {
  return static_cast<lane>(tag % tags_per_generation);
}

} // namespace troupe
