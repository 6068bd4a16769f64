// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/buffer.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace troupe {

namespace detail {

template <class T, bool = std::is_enum_v<T>>
struct number_type {
  using type = T;
};

template <class T>
struct number_type<T, true> {
  using type = std::underlying_type_t<T>;
};

} // namespace detail

/// Types that one run of equal numbers describes, enumerators and bytes
/// included: vectors, spans and arrays of them share one form on the wire, so
/// a caller's vector is a callee's span.
template <class T>
concept wire_number =
  (std::is_arithmetic_v<T> || std::is_enum_v<T>) &&!std::is_same_v<
    typename detail::number_type<T>::type,
    bool> && !std::is_same_v<T, long double>;

/// An immutable array of numbers with shared ownership: a typed `buffer`.
/// Copying or slicing it copies a reference. As an argument it travels without
/// a copy; as a result it is a view of the frame it arrived in.
template <wire_number T>
class array {
public:
  using value_type = T;

  array() noexcept = default;

  /// Takes over `values` without copying them.
  array(std::vector<T>&& values) : bytes_(buffer::adopt(std::move(values))) {
    // nop
  }

  /// Copies `values`.
  explicit array(std::span<const T> values)
    : bytes_(buffer::copy_of(std::as_bytes(values))) {
    // nop
  }

  /// Reads `bytes` as numbers. Copies them if they are not aligned; an
  /// incomplete last number is cut off.
  explicit array(buffer bytes)
    : bytes_(bytes.slice(0, bytes.size() / sizeof(T) * sizeof(T))) {
    if (!bytes_.template fits<T>())
      bytes_ = buffer::copy_of(bytes_.bytes());
  }

  const T* data() const noexcept {
    return reinterpret_cast<const T*>(bytes_.data());
  }

  /// Number of elements.
  std::size_t size() const noexcept {
    return bytes_.size() / sizeof(T);
  }

  bool empty() const noexcept {
    return bytes_.empty();
  }

  const T* begin() const noexcept {
    return data();
  }

  const T* end() const noexcept {
    return data() + size();
  }

  const T& operator[](std::size_t i) const noexcept {
    return data()[i];
  }

  /// Refers to `count` elements from `first` on, cut to what exists.
  array slice(std::size_t first, std::size_t count) const {
    first = std::min(first, size());
    count = std::min(count, size() - first);
    array result;
    result.bytes_ = bytes_.slice(first * sizeof(T), count * sizeof(T));
    return result;
  }

  std::span<const T> span() const noexcept {
    return {data(), size()};
  }

  operator std::span<const T>() const noexcept {
    return span();
  }

  const buffer& bytes() const noexcept {
    return bytes_;
  }

private:
  buffer bytes_;
};

} // namespace troupe
