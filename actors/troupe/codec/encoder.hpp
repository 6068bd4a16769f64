// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/buffer.hpp"
#include "troupe/limits.hpp"

#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

namespace troupe {

/// Writes one argument list or one result: small things into `arena`, byte
/// ranges over `limits::inline_bytes` as frames of their own.
///
/// A byte range is a 64-bit number, twice its length plus one if it is a
/// frame, and behind it, if it is none, the bytes. Frames belong to the ranges
/// in the order in which these appear.
class encoder {
public:
  /// Most frames of one argument list or result. What exceeds it lies in the
  /// arena, whatever its length.
  static constexpr std::size_t max_frames = limits::batch_frames;

  /// Appends to `arena` and to `frames`.
  encoder(std::vector<std::byte>& arena, std::vector<buffer>& frames) noexcept
    : arena_(arena), frames_(frames), first_frame_(frames.size()) {
    // nop
  }

  /// Appends a number, an enumerator or a `bool` as it lies in memory.
  template <class T>
  requires std::is_arithmetic_v<T> || std::is_enum_v<T>
  void scalar(T x) {
    raw(&x, sizeof(x));
  }

  /// Appends a byte range with its length: inline up to the limit, else as a
  /// frame with a copy of the bytes.
  void bytes(std::span<const std::byte> xs);

  /// Appends a byte range with its length: inline up to the limit, else as a
  /// frame that refers to the buffer.
  void bytes(buffer xs);

private:
  void raw(const void* data, std::size_t size);

  /// Whether a byte range of this size becomes a frame.
  bool lends(std::size_t size) const noexcept;

  std::vector<std::byte>& arena_;
  std::vector<buffer>& frames_;
  std::size_t first_frame_;
};

} // namespace troupe
