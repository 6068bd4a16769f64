// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/link/arena_pool.hpp"
#include "troupe/link/link_header.hpp"
#include "troupe/multipart.hpp"
#include "troupe/wire/link_generated.h"

#include <cstddef>
#include <utility>
#include <vector>

namespace troupe {

/// Which messages may be bundled, and for what.
struct bundle_rules {
  /// Of the wire message that becomes of the bundle.
  link_layout layout;
  /// Largest frame in bytes, and most frames of a message.
  std::size_t max_frame = 0;
  std::size_t max_frames = 0;

  bool allow(const multipart& x) const noexcept;
};

/// Messages to one peer in the form in which they travel: their small frames
/// copied one behind the other into a block, and a list of pieces. For one
/// thread at a time.
class message_bundle {
public:
  /// Most messages that `fits` lets in. No more than half of the least credit
  /// that a peer gives, so that there is enough of it for a bundle some day.
  static constexpr std::size_t max_messages = 512;

  /// Largest frame that is copied.
  static constexpr std::size_t max_frame = arena_pool::block_size / 4;

  /// @param layout of the wire message that becomes of it.
  explicit message_bundle(link_layout layout) noexcept
    : layout_(layout), arena_(layout.arena()) {
    // nop
  }

  /// Empties `other`.
  message_bundle(message_bundle&& other) noexcept
    : message_bundle(other.layout_) {
    swap(other);
  }

  message_bundle& operator=(message_bundle&& other) noexcept {
    auto moved = message_bundle{std::move(other)};
    swap(moved);
    return *this;
  }

  void swap(message_bundle& other) noexcept;

  bool empty() const noexcept {
    return pieces_.empty();
  }

  std::size_t messages() const noexcept {
    return messages_;
  }

  /// Frames that were copied into it, and the sum of their sizes.
  std::size_t frames() const noexcept {
    return frames_;
  }

  std::size_t bytes() const noexcept {
    return bytes_;
  }

  /// Whether there is room for `x`, whose frames of more than `max_inline`
  /// bytes lie elsewhere.
  bool fits(const multipart& x, std::size_t max_inline) const noexcept;

  /// Whether there is room for one frame and `more` pieces behind it.
  bool fits(const buffer& frame, std::size_t more) const noexcept;

  /// Copies a frame.
  /// @param last whether a message ends with it.
  /// @pre `fits(frame, 0)`
  void copy(const buffer& frame, bool last, arena_pool& pool);

  /// Copies all frames, or none if memory runs out.
  /// @pre `fits(x, n)` for an `n` that no frame exceeds.
  void copy(const multipart& x, arena_pool& pool);

  /// Notes a frame that lies elsewhere.
  void note(wire::Place place, bool last);

  /// Empties it.
  /// @returns the head of the wire message.
  /// @pre `!empty()`
  buffer finish(const link_fields& fields, arena_pool& pool);

  /// Appends the messages in it to `into`, as slices of the block, and empties
  /// it.
  /// @pre no frame lies elsewhere.
  void unpack(std::vector<multipart>& into);

private:
  std::byte* arena() noexcept {
    return block_->data() + arena_;
  }

  void clear() noexcept;

  link_layout layout_;
  std::size_t arena_; // where it begins
  caf::intrusive_ptr<arena_block> block_;
  std::size_t used_ = 0; // bytes of the arena
  std::vector<wire::Piece> pieces_;
  std::size_t messages_ = 0;
  std::size_t frames_ = 0;
  std::size_t bytes_ = 0;
};

} // namespace troupe
