// SPDX-License-Identifier: BSL-1.0
#include "troupe/link/link_writer.hpp"

#include "troupe/link/chunker.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace troupe {

namespace {

/// A wire message with this much besides its arena leaves at once.
constexpr auto max_large_frames = std::size_t{32};
constexpr auto max_large_bytes = std::size_t{64} << 10;

constexpr std::size_t aligned(std::size_t offset) noexcept {
  return (offset + 7) / 8 * 8;
}

/// Bytes behind the arena: padding, the length of the vector, and its pieces.
constexpr std::size_t size_of_pieces(std::size_t count) noexcept {
  return 8 + count * sizeof(wire::Piece);
}

wire::Piece make_piece(wire::Place place, std::size_t size, bool last) {
  return {static_cast<std::uint16_t>(size), static_cast<std::uint8_t>(place),
          static_cast<std::uint8_t>(last)};
}

} // namespace

link_writer::link_writer(arena_pool& pool, config cfg)
  : pool_(&pool), config_(std::move(cfg)), arena_(layout().arena()) {
  // The arena is smaller than a block, and a piece has 16 bits for a size.
  static_assert(arena_pool::block_size <= 0xffff);
  config_.max_inline = std::min(config_.max_inline, arena_pool::block_size / 4);
}

void link_writer::add(multipart& message, output& out) {
  if (config_.chunk_size != 0)
    for (auto& frame : message.frames)
      if (frame.size() > config_.chunk_size)
        return add_chunked(message, out);
  if (messages_ != 0 && !fits(message))
    out.push_back(finish());
  append(message);
  if (large_.size() >= max_large_frames || large_bytes_ >= max_large_bytes)
    out.push_back(finish());
}

void link_writer::flush(output& out) {
  if (pending())
    out.push_back(finish());
}

void link_writer::restart(std::uint32_t epoch) noexcept {
  config_.epoch = epoch;
  last_chunked_ = 0;
}

bool link_writer::fits(const multipart& message) const noexcept {
  auto end = arena_ + used_;
  for (auto& frame : message.frames)
    if (frame.size() <= config_.max_inline)
      end = aligned(end) + frame.size();
  return end + size_of_pieces(pieces_.size() + message.frames.size())
         <= arena_pool::block_size;
}

void link_writer::append(multipart& message) {
  ++messages_;
  auto missing = message.frames.size();
  for (auto& frame : message.frames) {
    --missing;
    auto end = aligned(arena_ + used_) + frame.size();
    if (frame.size() <= config_.max_inline
        && end + size_of_pieces(pieces_.size() + 1 + missing)
             <= arena_pool::block_size) {
      append_inline(frame, missing == 0);
      continue;
    }
    pieces_.push_back(make_piece(wire::Place::Frame, 0, missing == 0));
    large_bytes_ += frame.size();
    large_.push_back(std::move(frame));
  }
}

void link_writer::append_inline(const buffer& frame, bool last) {
  if (block_ == nullptr)
    block_ = pool_->take();
  pieces_.push_back(make_piece(wire::Place::Arena, frame.size(), last));
  auto begin = aligned(used_);
  auto to = block_->data() + arena_;
  // Blocks are recycled: nothing of what was in there may leave by the gaps.
  std::memset(to + used_, 0, begin - used_);
  if (!frame.empty())
    std::memcpy(to + begin, frame.data(), frame.size());
  used_ = begin + frame.size();
  ++frames_copied_;
  bytes_copied_ += frame.size();
}

void link_writer::add_chunked(multipart& message, output& out) {
  if (messages_ != 0)
    out.push_back(finish());
  auto copy = message;
  messages_ = 1;
  auto missing = message.frames.size();
  multipart rest;
  for (auto& frame : message.frames) {
    --missing;
    if (frame.size() <= config_.chunk_size) {
      pieces_.push_back(make_piece(wire::Place::Frame, 0, missing == 0));
      large_.push_back(std::move(frame));
      continue;
    }
    pieces_.push_back(make_piece(wire::Place::Chunks, 0, missing == 0));
    chunker chunks{std::move(frame), config_.chunk_size, config_.epoch,
                   ++last_chunked_};
    while (!chunks.done())
      out.push_back({chunks.next(config_.peer)});
  }
  out.push_back(finish());
  out.back().original = std::move(copy);
}

wire_message link_writer::finish() {
  wire_message result;
  result.messages = std::exchange(messages_, 0);
  result.frames_copied = std::exchange(frames_copied_, 0);
  result.bytes_copied = std::exchange(bytes_copied_, 0);
  result.frames.peer = config_.peer;
  result.frames.frames.reserve(1 + large_.size());
  result.frames.frames.push_back(finish_head());
  for (auto& frame : large_)
    result.frames.frames.push_back(std::move(frame));
  large_.clear();
  large_bytes_ = 0;
  return result;
}

buffer link_writer::finish_head() {
  link_fields fields;
  fields.epoch = config_.epoch;
  fields.credit = std::exchange(grant_, {});
  nudged_ = false;
  if (pieces_.empty())
    return make_link_head(fields);
  auto end = (arena_ + used_ + 3) / 4 * 4;
  auto size = end + 4 + pieces_.size() * sizeof(wire::Piece);
  if (block_ == nullptr || size > block_->size()) {
    auto larger = pool_->take(size);
    if (used_ != 0)
      std::memcpy(larger->data() + arena_, block_->data() + arena_, used_);
    block_ = std::move(larger);
  }
  auto to = block_->data();
  layout().write(to, fields, used_, end);
  std::memset(to + arena_ + used_, 0, end - arena_ - used_);
  flatbuffers::WriteScalar(to + end,
                           static_cast<std::uint32_t>(pieces_.size()));
  std::memcpy(to + end + 4, pieces_.data(),
              pieces_.size() * sizeof(wire::Piece));
  pieces_.clear();
  used_ = 0;
  return {std::move(block_), {to, size}};
}

} // namespace troupe
