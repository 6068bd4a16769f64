// SPDX-License-Identifier: BSL-1.0
#include "troupe/link/link_reader.hpp"

#include "troupe/envelope_view.hpp"
#include "troupe/link/shared_frames.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

constexpr std::size_t aligned(std::size_t offset) noexcept {
  return (offset + 7) / 8 * 8;
}

const char* explain(ec reason) {
  switch (reason) {
    case ec::bad_envelope:
      return "no header of a link: the peer's socket has to be opened with "
             "peers = bridged too";
    case ec::bad_frames:
      return "a header of a link that does not match its frames";
    case ec::too_large:
      return "a message beyond the limits of the socket";
    default:
      return "a header of a link that refers to what is not there";
  }
}

} // namespace

caf::expected<link_view> link_view::make(multipart&& wire, limits bounds) {
  shared_frames::unfold(wire.frames);
  link_view result{std::move(wire)};
  auto reason = result.verify_head(std::max(bounds.max_frames, max_pieces));
  if (!reason)
    reason = result.verify_pieces(bounds);
  if (reason)
    return make_error(*reason, explain(*reason));
  return result;
}

caf::expected<link_view> link_view::make_cut(multipart&& wire,
                                             std::size_t rest) {
  link_view result{std::move(wire)};
  if (auto reason = result.verify_head(max_pieces))
    return make_error(*reason, explain(*reason));
  result.excess_ = ec::too_large;
  result.bytes_ = rest;
  for (auto& piece : result.pieces_) {
    result.bytes_ += piece.size();
    result.messages_ += piece.last() != 0 ? 1 : 0;
  }
  return result;
}

caf::expected<std::size_t> link_view::unpack(chunk_assembler* assembler,
                                             std::vector<multipart>& into) {
  if (excess_
      || chunked_ != (assembler != nullptr ? assembler->complete() : 0)) {
    if (assembler != nullptr)
      bytes_ += assembler->drop();
    auto reason = excess_.value_or(ec::bad_range);
    return make_error(reason, explain(reason));
  }
  auto bytes = std::size_t{0};
  auto offset = std::size_t{0};
  auto next = std::size_t{1};
  auto piece = pieces_.begin();
  if (auto size = into.size() + messages_; size > into.capacity())
    into.reserve(std::max(size, 2 * into.capacity()));
  for (auto left = messages_; left > 0; --left) {
    auto& message = into.emplace_back();
    message.peer = wire_.peer;
    message.user = wire_.user;
    auto last = false;
    do {
      auto place = static_cast<wire::Place>(piece->place());
      if (place == wire::Place::Arena)
        message.frames.push_back(inline_frame(offset, piece->size()));
      else if (place == wire::Place::Frame)
        message.frames.push_back(std::move(wire_.frames[next++]));
      else
        message.frames.push_back(assembler->take());
      bytes += message.frames.back().size();
      last = piece->last() != 0;
      ++piece;
    } while (!last);
  }
  return bytes;
}

std::optional<ec> link_view::verify_head(std::size_t max_pieces) {
  if (wire_.frames.empty())
    return ec::bad_envelope;
  verify_limits limits;
  limits.max_size = max_arena + max_pieces * sizeof(wire::Piece);
  limits.max_depth = 2;
  limits.max_tables = 1;
  auto view = envelope_view<wire::Link>::make(wire_.frames[0],
                                              wire::LinkIdentifier(), limits);
  if (!view)
    return ec::bad_envelope;
  wire_.frames[0] = view->bytes();
  auto& x = **view;
  fields_.epoch = x.epoch();
  fields_.credit = {x.credit_epoch(), x.credit_messages(), x.credit_bytes()};
  fields_.chunk = {x.chunk_id(), x.chunk_offset(), x.chunk_total()};
  auto pieces = struct_span(x.pieces());
  if (!pieces || pieces->size() > max_pieces)
    return ec::bad_range;
  pieces_ = *pieces;
  if (auto arena = x.arena(); arena != nullptr)
    arena_ = std::as_bytes(std::span{arena->data(), arena->size()});
  if (reinterpret_cast<std::uintptr_t>(arena_.data()) % 8 != 0)
    return ec::bad_range;
  return std::nullopt;
}

std::optional<ec> link_view::verify_pieces(limits bounds) {
  if (fields_.chunk)
    return pieces_.empty() && arena_.empty() && wire_.frames.size() == 2
             ? std::nullopt
             : std::optional{ec::bad_frames};
  auto offset = std::size_t{0};
  auto next = std::size_t{1};
  auto frames = std::size_t{0};
  auto bytes = std::size_t{0};
  for (auto& piece : pieces_) {
    auto place = static_cast<wire::Place>(piece.place());
    if (place == wire::Place::Arena) {
      offset = aligned(offset) + piece.size();
      bytes += piece.size();
    } else if (place > wire::Place::MAX || piece.size() != 0) {
      return ec::bad_range;
    } else if (place == wire::Place::Chunks) {
      ++chunked_;
    } else if (next == wire_.frames.size()) {
      return ec::bad_frames;
    } else {
      bytes += wire_.frames[next++].size();
    }
    if (++frames > bounds.max_frames || bytes > bounds.max_message)
      excess_ = ec::too_large;
    if (piece.last() == 0)
      continue;
    ++messages_;
    bytes_ += bytes;
    frames = 0;
    bytes = 0;
  }
  if (next != wire_.frames.size())
    return ec::bad_frames;
  return frames == 0 && offset == arena_.size() ? std::nullopt
                                                : std::optional{ec::bad_range};
}

buffer link_view::inline_frame(std::size_t& offset,
                               std::size_t size) const noexcept {
  if (size == 0) {
    offset = aligned(offset);
    return {};
  }
  auto begin = aligned(offset);
  offset = begin + size;
  return {wire_.frames[0].owner(), arena_.subspan(begin, size)};
}

} // namespace troupe
