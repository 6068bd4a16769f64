// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/link/chunk_assembler.hpp"
#include "troupe/link/link_header.hpp"
#include "troupe/multipart.hpp"
#include "troupe/wire/link_generated.h"

#include <caf/expected.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace troupe {

/// A wire message of a link: it exists only if all of it is verified.
class link_view {
public:
  struct limits {
    /// Most frames, and most bytes, of one message in it.
    std::size_t max_frames = 4096;
    std::size_t max_message = std::size_t{1} << 30;
  };

  /// Largest first frame, besides its pieces.
  static constexpr std::size_t max_arena = std::size_t{64} << 10;

  /// Most frames of all messages in it, if no limit allows one message more.
  static constexpr std::size_t max_pieces = 16384;

  /// Verifies `wire`, which the caller no longer needs.
  /// @returns `ec::bad_envelope` if this is no wire message of a link, or
  ///          `ec::bad_frames` or `ec::bad_range`.
  static caf::expected<link_view> make(multipart&& wire, limits bounds);

  /// The same for a wire message that was too large to be kept, all but its
  /// first frame.
  /// @param rest Bytes of the other frames.
  static caf::expected<link_view> make_cut(multipart&& wire, std::size_t rest);

  const link_fields& fields() const noexcept {
    return fields_;
  }

  /// Messages in it.
  std::size_t messages() const noexcept {
    return messages_;
  }

  /// The sum of the sizes of all frames, but of those that came in chunks and
  /// were not dropped by `unpack`.
  std::size_t bytes() const noexcept {
    return bytes_;
  }

  /// The chunk, if `fields().chunk` says so.
  const buffer& chunk() const noexcept {
    return wire_.frames[1];
  }

  /// Appends all messages to `into`. Their small frames are slices of the
  /// first frame: whoever keeps one keeps all of it.
  /// @returns the sum of the sizes of all frames, `ec::too_large` if a message
  ///          is beyond the limits, or `ec::bad_range` if `assembler` does not
  ///          hold exactly the large frames it takes.
  caf::expected<std::size_t> unpack(chunk_assembler* assembler,
                                    std::vector<multipart>& into);

private:
  using piece_span = std::span<const wire::Piece>;

  explicit link_view(multipart&& wire) noexcept : wire_(std::move(wire)) {
    // nop
  }

  std::optional<ec> verify_head(std::size_t max_pieces);

  std::optional<ec> verify_pieces(limits bounds);

  buffer inline_frame(std::size_t& offset, std::size_t size) const noexcept;

  multipart wire_;
  link_fields fields_;
  piece_span pieces_;
  std::span<const std::byte> arena_;
  std::size_t messages_ = 0;
  std::size_t bytes_ = 0;
  std::size_t chunked_ = 0;
  std::optional<ec> excess_; // why it cannot be unpacked
};

} // namespace troupe
