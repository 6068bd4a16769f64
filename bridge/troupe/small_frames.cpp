// SPDX-License-Identifier: BSL-1.0
#include "troupe/small_frames.hpp"

#include <array>
#include <cstring>

namespace troupe {

class small_frames::block final : public buffer_owner {
public:
  alignas(std::max_align_t) std::array<std::byte, block_size> bytes;
};

small_frames::small_frames() noexcept = default;

small_frames::small_frames(small_frames&&) noexcept = default;

small_frames& small_frames::operator=(small_frames&&) noexcept = default;

small_frames::~small_frames() {
  block_.reset(); // may be used once more, at the end of the thread
}

buffer small_frames::copy(std::span<const std::byte> frame) {
  constexpr auto step = alignof(std::max_align_t);
  if (frame.empty())
    return {};
  if (block_ != nullptr && block_->unique())
    used_ = 0; // nobody reads any more what is in there
  if (block_ == nullptr || block_size - used_ < frame.size()) {
    block_ = caf::make_counted<block>();
    used_ = 0;
  }
  auto place = block_->bytes.data() + used_;
  std::memcpy(place, frame.data(), frame.size());
  used_ += (frame.size() + step - 1) / step * step;
  return {block_, {place, frame.size()}};
}

} // namespace troupe
