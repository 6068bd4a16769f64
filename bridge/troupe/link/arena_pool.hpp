// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/buffer.hpp"

#include <cstddef>
#include <vector>

namespace troupe {

/// Memory for the head of one wire message of a link.
class arena_block final : public buffer_owner {
public:
  explicit arena_block(std::size_t size);

  ~arena_block() override;

  std::byte* data() noexcept {
    return data_;
  }

  std::size_t size() const noexcept {
    return size_;
  }

private:
  std::size_t size_;
  std::byte* data_; // not initialized
};

/// Recycles the blocks of a writer: one that ZeroMQ has sent is taken again,
/// warm and without a call to the allocator. For one thread.
class arena_pool {
public:
  /// Small messages share blocks of this size.
  static constexpr std::size_t block_size = std::size_t{16} << 10;

  /// Blocks that are remembered. More may be out at the same time.
  static constexpr std::size_t max_blocks = 16;

  /// Returns a block of at least `size` bytes that nobody else refers to.
  caf::intrusive_ptr<arena_block> take(std::size_t size = block_size);

private:
  std::vector<caf::intrusive_ptr<arena_block>> blocks_;
  std::size_t next_ = 0;
};

} // namespace troupe
