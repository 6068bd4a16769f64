// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/link/link_header.hpp"
#include "troupe/multipart.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace troupe {

/// Cuts a large frame into wire messages of two frames: a head and a slice of
/// the one buffer. Nothing is copied.
class chunker {
public:
  /// Large frames travel in chunks of this size over tcp. So a frame of any
  /// size keeps a connection with ZMTP heartbeats alive if 8 MiB do.
  static constexpr std::size_t default_size = std::size_t{8} << 20;

  /// @pre `!frame.empty() && size != 0 && epoch != 0 && id != 0`
  chunker(buffer frame, std::size_t size, std::uint32_t epoch,
          std::uint32_t id) noexcept
    : frame_(std::move(frame)), size_(size), epoch_(epoch), id_(id) {
    // nop
  }

  bool done() const noexcept {
    return offset_ == frame_.size();
  }

  /// Returns the next wire message to `peer`.
  /// @pre `!done()`
  multipart next(const routing_id& peer) {
    link_fields fields;
    fields.epoch = epoch_;
    fields.chunk = {id_, offset_, frame_.size()};
    multipart result;
    result.peer = peer;
    result.frames.push_back(make_link_head(fields));
    result.frames.push_back(frame_.slice(offset_, size_));
    offset_ += result.frames[1].size();
    return result;
  }

private:
  buffer frame_;
  std::size_t size_;
  std::size_t offset_ = 0;
  std::uint32_t epoch_;
  std::uint32_t id_;
};

} // namespace troupe
