// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/buffer.hpp"

#include <cstddef>

/// How the items of an array are divided among engines.
namespace troupe {

enum class partition_type : bool {
  /// One run of items each, in the order of the engines.
  block,
  /// Engines take turns to get an item.
  round_robin,
};

/// Number of items in part `k` of `parts`: sizes differ by one at most, and the
/// larger parts come first.
constexpr std::size_t part_size(std::size_t items, std::size_t parts,
                                std::size_t k) noexcept {
  return items / parts + (k < items % parts ? 1 : 0);
}

/// Where part `k` of `parts` begins if parts are runs of items.
constexpr std::size_t part_begin(std::size_t items, std::size_t parts,
                                 std::size_t k) noexcept {
  auto rest = items % parts;
  return k * (items / parts) + (k < rest ? k : rest);
}

/// Returns part `k` of the items in `whole`: a reference to it, or with
/// `round_robin` a copy.
/// @pre `whole.size()` is a multiple of `item_size`
buffer part_of(const buffer& whole, std::size_t item_size, std::size_t parts,
               std::size_t k, partition_type how);

} // namespace troupe
