// SPDX-License-Identifier: BSL-1.0
#include "troupe/link/arena_pool.hpp"

#include <new>

namespace troupe {

arena_block::arena_block(std::size_t size)
  : size_(size), data_(static_cast<std::byte*>(::operator new(size))) {
  // nop
}

arena_block::~arena_block() {
  ::operator delete(data_);
}

caf::intrusive_ptr<arena_block> arena_pool::take(std::size_t size) {
  if (size > block_size)
    return caf::make_counted<arena_block>(size);
  // The block behind the last one was sent first, and the last one may never
  // have left: it was copied.
  for (auto step : {std::size_t{0}, std::size_t{1}}) {
    auto i = next_ + step;
    if (i >= blocks_.size())
      i = 0;
    if (i < blocks_.size() && blocks_[i]->unique()) {
      next_ = i;
      return blocks_[i];
    }
  }
  auto block = caf::make_counted<arena_block>(block_size);
  if (blocks_.size() < max_blocks) {
    next_ = blocks_.size();
    blocks_.push_back(block);
  } else {
    next_ = next_ + 1 < blocks_.size() ? next_ + 1 : 0;
    blocks_[next_] = block;
  }
  return block;
}

} // namespace troupe
