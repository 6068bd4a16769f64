// SPDX-License-Identifier: BSL-1.0
#include "troupe/codec/encoder.hpp"

#include <bit>
#include <cstdint>
#include <utility>

namespace troupe {

// Numbers travel as they lie in memory.
static_assert(std::endian::native == std::endian::little,
              "troupe's wire format needs a little-endian machine");

void encoder::bytes(std::span<const std::byte> xs) {
  auto size = std::uint64_t{xs.size()};
  if (lends(xs.size())) {
    scalar(size << 1 | 1);
    frames_.push_back(buffer::copy_of(xs));
  } else {
    scalar(size << 1);
    raw(xs.data(), xs.size());
  }
}

void encoder::bytes(buffer xs) {
  if (lends(xs.size())) {
    scalar(std::uint64_t{xs.size()} << 1 | 1);
    frames_.push_back(std::move(xs));
  } else {
    bytes(xs.bytes());
  }
}

void encoder::raw(const void* data, std::size_t size) {
  auto first = static_cast<const std::byte*>(data);
  arena_.insert(arena_.end(), first, first + size);
}

bool encoder::lends(std::size_t size) const noexcept {
  return size > limits::inline_bytes
         && frames_.size() - first_frame_ < max_frames;
}

} // namespace troupe
