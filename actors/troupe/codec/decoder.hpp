// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/buffer.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

namespace troupe {

/// Reads what an `encoder` wrote. Bytes come from other processes: a read
/// beyond the end yields an empty value and sets `failed`, and never touches
/// memory that is not there.
class decoder {
public:
  /// @param owner keeps `arena` alive. Without one, values that share the
  ///        arena's memory are copied.
  decoder(std::span<const std::byte> arena, std::span<const buffer> frames,
          const buffer* owner = nullptr) noexcept
    : arena_(arena), frames_(frames), owner_(owner) {
    // nop
  }

  decoder(const decoder&) = delete;

  decoder& operator=(const decoder&) = delete;

  /// Reads a number, an enumerator or a `bool`.
  template <class T>
  requires std::is_arithmetic_v<T> || std::is_enum_v<T> T scalar() {
    if constexpr (std::is_same_v<T, bool>) {
      return scalar<std::uint8_t>() != 0;
    } else if constexpr (std::is_enum_v<T>) {
      return static_cast<T>(scalar<std::underlying_type_t<T>>());
    } else {
      T result{};
      raw(&result, sizeof(result));
      return result;
    }
  }

  /// Reads a byte range in place. Valid as long as arena and frames are.
  std::span<const std::byte> bytes();

  /// Reads a byte range that outlives the decoder: shares the frame or, with
  /// an owner, the arena.
  buffer shared_bytes();

  /// Reads a byte range in place as numbers. If they are not aligned for `T`,
  /// copies them to memory that lives as long as the decoder.
  template <class T>
  std::span<const T> numbers() {
    auto xs = bytes();
    if (xs.size() % sizeof(T) != 0) {
      fail();
      return {};
    }
    if (reinterpret_cast<std::uintptr_t>(xs.data()) % alignof(T) != 0)
      xs = kept_.emplace_back(buffer::copy_of(xs)).bytes();
    return {reinterpret_cast<const T*>(xs.data()), xs.size() / sizeof(T)};
  }

  /// Reads a number of elements that follow. Fails if fewer bytes are left
  /// than elements, so that nobody can make us reserve memory for nothing.
  /// (So an element needs at least one byte.)
  std::size_t count();

  /// Whether something could not be read.
  bool failed() const noexcept {
    return failed_;
  }

  /// Whether all that was written has been read, without a failure.
  bool finished() const noexcept {
    return !failed_ && arena_.empty() && frames_.empty();
  }

  /// Reports a value that makes no sense. Nothing more can be read.
  void fail() noexcept;

private:
  void raw(void* data, std::size_t size);

  /// Where the next byte range lies.
  struct place {
    std::size_t size = 0;
    /// Null: in the arena.
    const buffer* frame = nullptr;
  };

  /// Reads the length and the place of a byte range, and takes its frame.
  /// Returns nothing, and sets `failed`, if it does not exist.
  std::optional<place> next_place();

  std::span<const std::byte> arena_;
  std::span<const buffer> frames_;
  const buffer* owner_;
  std::vector<buffer> kept_;
  bool failed_ = false;
};

} // namespace troupe
