// SPDX-License-Identifier: BSL-1.0
#include "troupe/buffer.hpp"

#include "troupe/small_frames.hpp"

#include <algorithm>
#include <cstring>
#include <new>

namespace troupe {

namespace {

/// Holds a copy of some bytes right behind itself, in the same allocation.
class alignas(std::max_align_t) copied_bytes final : public buffer_owner {
public:
  static caf::intrusive_ptr<copied_bytes> make(std::size_t size) {
    return {new (extra{size}) copied_bytes, false};
  }

  std::byte* data() noexcept {
    return reinterpret_cast<std::byte*>(this + 1);
  }

  static void operator delete(void* storage) {
    ::operator delete(storage);
  }

private:
  struct extra {
    std::size_t size;
  };

  static void* operator new(std::size_t size, extra more) {
    return ::operator new(size + more.size);
  }

  static void operator delete(void* storage, extra) {
    ::operator delete(storage);
  }
};

class borrowed_bytes final : public buffer_owner {
public:
  explicit borrowed_bytes(std::function<void()> release)
    : release_(std::move(release)) {
    // nop
  }

  ~borrowed_bytes() override {
    if (release_)
      release_();
  }

private:
  std::function<void()> release_;
};

} // namespace

buffer_owner::~buffer_owner() {
  // nop
}

buffer buffer::copy_of(std::span<const std::byte> bytes) {
  if (bytes.size() <= small_frames::max_size) {
    thread_local small_frames small;
    return small.copy(bytes);
  }
  auto owner = copied_bytes::make(bytes.size());
  auto copy = owner->data();
  std::memcpy(copy, bytes.data(), bytes.size());
  return {std::move(owner), {copy, bytes.size()}};
}

buffer buffer::copy_of(std::string_view text) {
  return copy_of(std::as_bytes(std::span{text}));
}

buffer buffer::adopt(std::string&& text) {
  using owner_type = detail::container_owner<std::string>;
  auto owner = caf::make_counted<owner_type>(std::move(text));
  auto bytes = std::as_bytes(std::span{owner->values});
  return {std::move(owner), bytes};
}

buffer buffer::adopt(flatbuffers::DetachedBuffer&& message) {
  using owner_type = detail::container_owner<flatbuffers::DetachedBuffer>;
  auto owner = caf::make_counted<owner_type>(std::move(message));
  auto bytes = std::span{owner->values.data(), owner->values.size()};
  return {std::move(owner), std::as_bytes(bytes)};
}

buffer buffer::borrow(const void* data, std::size_t size,
                      std::function<void()> release) {
  auto owner = caf::make_counted<borrowed_bytes>(std::move(release));
  return {std::move(owner), {static_cast<const std::byte*>(data), size}};
}

buffer buffer::slice(std::size_t offset, std::size_t size) const noexcept {
  offset = std::min(offset, size_);
  return {owner_, bytes().subspan(offset, std::min(size, size_ - offset))};
}

} // namespace troupe
