// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/buffer.hpp"

#include <cstddef>
#include <span>

namespace troupe {

/// Copies small frames into memory that frames which arrive together share: an
/// allocation for each would cost more than the copy. Who keeps one frame keeps
/// at most `block_size` bytes.
class small_frames {
public:
  /// Frames of this size or less are small.
  static constexpr std::size_t max_size = 64;

  static constexpr std::size_t block_size = 1024;

  small_frames() noexcept;

  small_frames(small_frames&&) noexcept;

  small_frames& operator=(small_frames&&) noexcept;

  ~small_frames();

  /// Copies `frame`, aligned for any scalar.
  /// @pre `frame.size() <= max_size`
  buffer copy(std::span<const std::byte> frame);

private:
  class block;

  caf::intrusive_ptr<block> block_;
  std::size_t used_ = 0;
};

} // namespace troupe
