// SPDX-License-Identifier: BSL-1.0
#include "troupe/link/chunk_assembler.hpp"

#include <cstring>
#include <new>
#include <utility>

namespace troupe {

std::optional<ec> chunk_assembler::add(const chunk_place& place,
                                       const buffer& chunk) {
  if (place.offset == 0) {
    if (auto reason = begin(place))
      return reason;
  } else if (total_ == 0 || place.id != id_ || place.total != total_
             || place.offset != received_) {
    end_frame();
    return ec::bad_range;
  }
  if (chunk.empty() || chunk.size() > total_ - received_) {
    end_frame();
    return ec::bad_range;
  }
  if (chunk.size() > budget_->max_bytes - budget_->used) {
    end_frame();
    return ec::limit_reached;
  }
  std::memcpy(target_->data() + received_, chunk.data(), chunk.size());
  received_ += chunk.size();
  budget_->used += chunk.size();
  if (received_ < total_)
    return std::nullopt;
  auto bytes = std::span<const std::byte>{target_->data(), total_};
  complete_.push_back(buffer{std::move(target_), bytes});
  complete_bytes_ += std::exchange(total_, 0);
  received_ = 0;
  return std::nullopt;
}

buffer chunk_assembler::take() {
  auto result = std::move(complete_.front());
  complete_.pop_front();
  complete_bytes_ -= result.size();
  announced_ -= result.size();
  budget_->used -= result.size();
  return result;
}

void chunk_assembler::reset() noexcept {
  drop();
  id_ = 0;
}

std::size_t chunk_assembler::drop() noexcept {
  end_frame();
  complete_.clear();
  budget_->used -= std::exchange(complete_bytes_, 0);
  return std::exchange(announced_, 0);
}

std::optional<ec> chunk_assembler::begin(const chunk_place& place) {
  auto unfinished = total_ != 0;
  end_frame();
  if (unfinished || place.id <= id_ || place.total == 0)
    return ec::bad_range;
  id_ = place.id;
  announced_ += place.total;
  if (complete_.size() >= limits_.max_frames || place.total > limits_.max_frame
      || place.total > limits_.max_message - complete_bytes_)
    return ec::too_large;
  try {
    target_ = caf::make_counted<arena_block>(place.total);
  } catch (const std::bad_alloc&) {
    return ec::limit_reached;
  }
  total_ = place.total;
  return std::nullopt;
}

void chunk_assembler::end_frame() noexcept {
  target_ = nullptr;
  budget_->used -= std::exchange(received_, 0);
  total_ = 0;
}

} // namespace troupe
