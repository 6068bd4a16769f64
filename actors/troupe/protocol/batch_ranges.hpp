// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/error.hpp"
#include "troupe/protocol/read.hpp"

#include <caf/error.hpp>

#include <cstddef>

namespace troupe {

/// Whether `size` items from `offset` on lie within the first `limit`.
inline bool within(std::size_t offset, std::size_t size, std::size_t limit) {
  return offset <= limit && size <= limit - offset;
}

/// Checks that the bytes and frames which entries name exist.
template <class Entry>
caf::error check_ranges(const batch_view<Entry>& batch) {
  if (batch.entries.size() > limits::batch_tasks)
    return troupe::make_error(ec::bad_range, "too many entries");
  auto left = batch.arena.size();
  for (auto& x : batch.entries) {
    if (!within(x.offset(), x.size(), batch.arena.size()))
      return troupe::make_error(ec::bad_range, "bytes out of bounds");
    // Honest entries do not overlap. Others could make copies grow.
    if (x.size() > left)
      return troupe::make_error(ec::bad_range, "overlapping bytes");
    left -= x.size();
    if (!within(x.first_frame(), x.frames(), batch.payload.size()))
      return troupe::make_error(ec::bad_range, "frames out of bounds");
  }
  return caf::none;
}

} // namespace troupe
