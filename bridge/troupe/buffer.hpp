// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/intrusive_ptr.hpp>
#include <caf/make_counted.hpp>
#include <caf/ref_counted.hpp>

#include <flatbuffers/flatbuffers.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace troupe {

/// Whoever frees the bytes of a `buffer`: derive from it for a new kind of
/// memory and free it in the destructor. The last reference may go away in any
/// thread, ZeroMQ's I/O thread included.
class buffer_owner : public caf::ref_counted {
public:
  ~buffer_owner() override;
};

using buffer_owner_ptr = caf::intrusive_ptr<buffer_owner>;

/// Immutable, reference-counted bytes with an owner: the only payload type.
///
/// Copying a buffer copies a reference. The bytes stay where they are until the
/// last reference is gone, so whoever holds a buffer may read it, and nobody
/// needs to ask when memory can be reused. A buffer is as thread-safe as a
/// `std::shared_ptr<const T>`: different objects, any threads.
class buffer {
public:
  // -- constructors, destructors, and assignment operators --------------------

  /// An empty buffer, without an owner.
  buffer() noexcept = default;

  /// Refers to `bytes`, which live as long as `owner`.
  buffer(buffer_owner_ptr owner, std::span<const std::byte> bytes) noexcept
    : owner_(std::move(owner)), data_(bytes.data()), size_(bytes.size()) {
    // nop
  }

  // -- factory functions ------------------------------------------------------

  /// Copies `bytes` into one new allocation, aligned for any scalar.
  static buffer copy_of(std::span<const std::byte> bytes);

  /// Copies `text`.
  static buffer copy_of(std::string_view text);

  /// Takes over `values` without copying them.
  template <class T>
  requires std::is_trivially_copyable_v<T> &&(
    !std::same_as<T, bool>) static buffer adopt(std::vector<T>&& values);

  /// Takes over `text` without copying it (unless it is very short).
  static buffer adopt(std::string&& text);

  /// Takes over what a `FlatBufferBuilder` released.
  static buffer adopt(flatbuffers::DetachedBuffer&& message);

  /// Refers to `size` bytes at `data` and calls `release` exactly once, in any
  /// thread, when nobody reads them any more. `release` must not throw.
  static buffer borrow(const void* data, std::size_t size,
                       std::function<void()> release);

  // A span or a view says nothing about who owns the bytes: copy or borrow.
  static buffer adopt(std::span<const std::byte>) = delete;
  static buffer adopt(std::string_view) = delete;

  // -- properties -------------------------------------------------------------

  const std::byte* data() const noexcept {
    return data_;
  }

  /// Size in bytes.
  std::size_t size() const noexcept {
    return size_;
  }

  bool empty() const noexcept {
    return size_ == 0;
  }

  std::span<const std::byte> bytes() const noexcept {
    return {data_, size_};
  }

  std::string_view text() const noexcept {
    return {reinterpret_cast<const char*>(data_), size_};
  }

  /// Reads the buffer as an array of `T`.
  /// @returns an empty span if the size is no multiple of `sizeof(T)` or the
  ///          address is not aligned for `T`; see `fits`.
  template <class T>
  requires std::is_trivially_copyable_v<T> std::span<const T> as()
  const noexcept {
    if (!fits<T>())
      return {};
    return {reinterpret_cast<const T*>(data_), size_ / sizeof(T)};
  }

  /// Whether `as<T>()` shows the whole buffer.
  template <class T>
  bool fits() const noexcept {
    return size_ % sizeof(T) == 0
           && reinterpret_cast<std::uintptr_t>(data_) % alignof(T) == 0;
  }

  /// Refers to a part of the same memory. The range is cut to what exists.
  buffer slice(std::size_t offset, std::size_t size) const noexcept;

  const buffer_owner_ptr& owner() const noexcept {
    return owner_;
  }

private:
  buffer_owner_ptr owner_;
  const std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

namespace detail {

template <class Container>
class container_owner final : public buffer_owner {
public:
  explicit container_owner(Container&& values) : values(std::move(values)) {
    // nop
  }

  Container values;
};

} // namespace detail

template <class T>
requires std::is_trivially_copyable_v<T> &&(!std::same_as<T, bool>)
  buffer buffer::adopt(std::vector<T>&& values) {
  using owner_type = detail::container_owner<std::vector<T>>;
  auto owner = caf::make_counted<owner_type>(std::move(values));
  auto bytes = std::as_bytes(std::span{owner->values});
  return {std::move(owner), bytes};
}

} // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::buffer)
