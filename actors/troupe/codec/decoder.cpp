// SPDX-License-Identifier: BSL-1.0
#include "troupe/codec/decoder.hpp"

#include <cstring>

namespace troupe {

std::span<const std::byte> decoder::bytes() {
  auto where = next_place();
  if (!where)
    return {};
  if (where->frame != nullptr)
    return where->frame->bytes();
  auto result = arena_.first(where->size);
  arena_ = arena_.subspan(where->size);
  return result;
}

buffer decoder::shared_bytes() {
  auto where = next_place();
  if (!where)
    return {};
  if (where->frame != nullptr)
    return *where->frame;
  auto xs = arena_.first(where->size);
  arena_ = arena_.subspan(where->size);
  if (owner_ == nullptr || xs.empty())
    return buffer::copy_of(xs);
  auto offset = static_cast<std::size_t>(xs.data() - owner_->data());
  return owner_->slice(offset, xs.size());
}

std::size_t decoder::count() {
  auto result = scalar<std::uint64_t>();
  if (result > arena_.size()) {
    fail();
    return 0;
  }
  return static_cast<std::size_t>(result);
}

void decoder::fail() noexcept {
  failed_ = true;
  arena_ = {};
  frames_ = {};
}

void decoder::raw(void* data, std::size_t size) {
  if (size > arena_.size()) {
    fail();
    return;
  }
  std::memcpy(data, arena_.data(), size);
  arena_ = arena_.subspan(size);
}

std::optional<decoder::place> decoder::next_place() {
  auto head = scalar<std::uint64_t>();
  if (failed_)
    return std::nullopt;
  auto size = head >> 1;
  if ((head & 1) == 0) {
    if (size <= arena_.size())
      return place{static_cast<std::size_t>(size), nullptr};
  } else if (!frames_.empty() && frames_.front().size() == size) {
    auto frame = &frames_.front();
    frames_ = frames_.subspan(1);
    return place{frame->size(), frame};
  }
  fail();
  return std::nullopt;
}

} // namespace troupe
