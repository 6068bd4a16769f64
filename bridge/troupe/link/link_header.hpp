// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/buffer.hpp"

#include <cstddef>
#include <cstdint>

namespace troupe {

/// Credit that a reader of messages gives to their writer: sums since `epoch`
/// began.
struct credit_grant {
  /// The epoch of the messages. 0 = no grant.
  std::uint32_t epoch = 0;
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;

  explicit operator bool() const noexcept {
    return epoch != 0;
  }

  friend bool operator==(const credit_grant&, const credit_grant&) = default;
};

/// Which part of which large frame a chunk is.
struct chunk_place {
  /// Number of the large frame, from 1. 0 = no chunk.
  std::uint32_t id = 0;
  std::uint64_t offset = 0;
  std::uint64_t total = 0;

  explicit operator bool() const noexcept {
    return id != 0;
  }

  friend bool operator==(const chunk_place&, const chunk_place&) = default;
};

/// What a wire message of a link says besides the messages in it.
struct link_fields {
  std::uint32_t epoch = 0;
  credit_grant credit{};
  chunk_place chunk{};
};

/// How the FlatBuffer at the head of a wire message lies in memory: root,
/// vtable, table, arena, pieces. The arena grows in place before anybody knows
/// its size, which a `FlatBufferBuilder` cannot do: it builds back to front.
class link_layout {
public:
  /// Leaves out fields that `x` cannot have.
  constexpr explicit link_layout(bool credit, bool chunk = false) noexcept
    : fields_(chunk    ? 9
              : credit ? 6
                       : 3) {
    // nop
  }

  /// Where the arena begins, a multiple of 8.
  constexpr std::size_t arena() const noexcept {
    return (end() + 4 + 7) / 8 * 8;
  }

  /// Where the table ends.
  constexpr std::size_t end() const noexcept {
    return table() + table_size();
  }

  /// Writes everything but the arena and the pieces.
  /// @param pieces where the vector of pieces begins, 0 = there is none.
  void write(std::byte* to, const link_fields& x, std::size_t arena_size,
             std::size_t pieces) const noexcept;

private:
  constexpr std::size_t table() const noexcept {
    return (8 + vtable_size() + 7) / 8 * 8;
  }

  constexpr std::size_t vtable_size() const noexcept {
    return 4 + 2 * fields_;
  }

  constexpr std::size_t table_size() const noexcept {
    return fields_ == 9 ? 56 : fields_ == 6 ? 36 : 16;
  }

  std::size_t fields_;
};

/// Makes the head of a wire message without pieces: a chunk or a grant.
buffer make_link_head(const link_fields& x);

} // namespace troupe
