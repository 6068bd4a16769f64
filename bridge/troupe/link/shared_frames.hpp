// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/multipart.hpp"
#include "troupe/small_frames.hpp"

#include <vector>

namespace troupe {

/// The large frames of a wire message between two sockets of one process:
/// ZeroMQ passes a single reference for all of them.
class shared_frames final : public buffer_owner {
public:
  /// Size of a reference in bytes: too much for a receiver to copy it.
  static constexpr std::size_t size = 80;
  static_assert(size > small_frames::max_size);

  /// Returns a reference, which must reach the receiver in the memory where it
  /// is: nobody may copy its bytes.
  static buffer lend(std::vector<buffer> frames);

  /// Puts the frames behind a reference into its place, at the end of `xs`.
  /// @returns false if the last frame is no reference that was made in this
  ///          process; `xs` is then unchanged.
  static bool unfold(frame_list& xs);

  explicit shared_frames(std::vector<buffer> frames);

private:
  struct reference;

  std::vector<buffer> frames_;
  std::vector<std::byte> bytes_;
};

} // namespace troupe
