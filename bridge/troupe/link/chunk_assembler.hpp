// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/buffer.hpp"
#include "troupe/error.hpp"
#include "troupe/link/arena_pool.hpp"
#include "troupe/link/link_header.hpp"

#include <cstddef>
#include <deque>
#include <optional>

namespace troupe {

/// Memory that the assemblers of a socket share.
struct chunk_budget {
  std::size_t max_bytes = 0;
  std::size_t used = 0;
};

/// Puts the large frames of one peer together, each in one buffer of its final
/// size. The memory of a buffer is touched, and counted, as chunks come in: who
/// announces much and sends little costs little.
class chunk_assembler {
public:
  struct limits {
    /// Largest frame, and largest sum of the frames of one message.
    std::size_t max_frame = 0;
    std::size_t max_message = 0;
    /// Most frames of one message.
    std::size_t max_frames = 0;
  };

  /// @param budget outlives the assembler.
  chunk_assembler(limits bounds, chunk_budget& budget) noexcept
    : limits_(bounds), budget_(&budget) {
    // nop
  }

  chunk_assembler(chunk_assembler&&) = delete;

  ~chunk_assembler() {
    reset();
  }

  /// Adds the next chunk. Chunks come in order and without holes; whatever
  /// violates that, or a limit, also ends the frame that was on its way.
  std::optional<ec> add(const chunk_place& place, const buffer& chunk);

  /// Complete frames that nobody took yet.
  std::size_t complete() const noexcept {
    return complete_.size();
  }

  /// Takes the oldest complete frame.
  /// @pre `complete() > 0`
  buffer take();

  /// Whether a frame is on its way, or complete and not yet taken.
  bool busy() const noexcept {
    return total_ != 0 || !complete_.empty();
  }

  /// Forgets all frames, and that there ever were any.
  void reset() noexcept;

  /// Forgets all frames.
  /// @returns the sum of the sizes of those that began and were not taken,
  ///          refused ones included.
  std::size_t drop() noexcept;

private:
  std::optional<ec> begin(const chunk_place& place);

  void end_frame() noexcept;

  limits limits_;
  chunk_budget* budget_;
  std::deque<buffer> complete_;
  std::size_t complete_bytes_ = 0;
  std::size_t announced_ = 0;              // what `drop` tells
  caf::intrusive_ptr<arena_block> target_; // of the final size, fresh pages
  std::uint32_t id_ = 0;                   // of the frame that began last
  std::size_t total_ = 0;                  // 0 = no frame is on its way
  std::size_t received_ = 0;
};

} // namespace troupe
