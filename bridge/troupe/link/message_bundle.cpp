// SPDX-License-Identifier: BSL-1.0
#include "troupe/link/message_bundle.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace troupe {

namespace {

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

// The arena is smaller than a block, and a piece has 16 bits for a size.
static_assert(arena_pool::block_size <= 0xffff);

constexpr auto most_frames = std::size_t{2};
static_assert((most_frames + 1) * message_bundle::max_frame
              < arena_pool::block_size);

} // namespace

bool bundle_rules::allow(const multipart& x) const noexcept {
  // So few frames that they fit into an empty bundle for sure.
  if (x.frames.empty() || x.frames.size() > std::min(max_frames, most_frames))
    return false;
  auto most = std::min(max_frame, message_bundle::max_frame);
  for (auto& frame : x.frames)
    if (frame.size() > most)
      return false;
  return true;
}

void message_bundle::swap(message_bundle& other) noexcept {
  std::swap(layout_, other.layout_);
  std::swap(arena_, other.arena_);
  block_.swap(other.block_);
  std::swap(used_, other.used_);
  pieces_.swap(other.pieces_);
  std::swap(messages_, other.messages_);
  std::swap(frames_, other.frames_);
  std::swap(bytes_, other.bytes_);
}

bool message_bundle::fits(const multipart& x,
                          std::size_t max_inline) const noexcept {
  auto end = arena_ + used_;
  for (auto& frame : x.frames)
    if (frame.size() <= max_inline)
      end = aligned(end) + frame.size();
  return messages_ < max_messages
         && end + size_of_pieces(pieces_.size() + x.frames.size())
              <= arena_pool::block_size;
}

bool message_bundle::fits(const buffer& frame,
                          std::size_t more) const noexcept {
  return aligned(arena_ + used_) + frame.size()
           + size_of_pieces(pieces_.size() + 1 + more)
         <= arena_pool::block_size;
}

void message_bundle::copy(const buffer& frame, bool last, arena_pool& pool) {
  if (block_ == nullptr)
    block_ = pool.take();
  pieces_.push_back(make_piece(wire::Place::Arena, frame.size(), last));
  auto begin = aligned(used_);
  // Blocks are recycled: nothing of what was in there may leave by the gaps.
  std::memset(arena() + used_, 0, begin - used_);
  if (!frame.empty())
    std::memcpy(arena() + begin, frame.data(), frame.size());
  used_ = begin + frame.size();
  messages_ += last ? 1 : 0;
  ++frames_;
  bytes_ += frame.size();
}

void message_bundle::copy(const multipart& x, arena_pool& pool) {
  // All memory first: half a message would spoil the whole bundle.
  if (block_ == nullptr)
    block_ = pool.take();
  if (auto size = pieces_.size() + x.frames.size(); size > pieces_.capacity())
    pieces_.reserve(std::max(size, 2 * pieces_.capacity()));
  auto missing = x.frames.size();
  for (auto& frame : x.frames)
    copy(frame, --missing == 0, pool);
}

void message_bundle::note(wire::Place place, bool last) {
  pieces_.push_back(make_piece(place, 0, last));
  messages_ += last ? 1 : 0;
}

buffer message_bundle::finish(const link_fields& fields, arena_pool& pool) {
  auto end = (arena_ + used_ + 3) / 4 * 4;
  auto size = end + 4 + pieces_.size() * sizeof(wire::Piece);
  if (block_ == nullptr || size > block_->size()) {
    auto larger = pool.take(size);
    if (used_ != 0)
      std::memcpy(larger->data() + arena_, arena(), used_);
    block_ = std::move(larger);
  }
  auto to = block_->data();
  layout_.write(to, fields, used_, end);
  std::memset(arena() + used_, 0, end - arena_ - used_);
  flatbuffers::WriteScalar(to + end,
                           static_cast<std::uint32_t>(pieces_.size()));
  std::memcpy(to + end + 4, pieces_.data(),
              pieces_.size() * sizeof(wire::Piece));
  buffer result{std::move(block_), {to, size}};
  clear();
  return result;
}

void message_bundle::unpack(std::vector<multipart>& into) {
  auto begin = std::size_t{0};
  auto first = true;
  for (auto& piece : pieces_) {
    if (std::exchange(first, piece.last() != 0))
      into.emplace_back();
    begin = aligned(begin);
    into.back().frames.push_back(
      buffer{block_, {arena() + begin, piece.size()}});
    begin += piece.size();
  }
  clear();
}

void message_bundle::clear() noexcept {
  block_ = nullptr;
  used_ = 0;
  pieces_.clear();
  messages_ = 0;
  frames_ = 0;
  bytes_ = 0;
}

} // namespace troupe
