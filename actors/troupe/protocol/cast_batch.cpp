// SPDX-License-Identifier: BSL-1.0
#include "troupe/protocol/cast_batch.hpp"

#include "troupe/protocol/batch_ranges.hpp"
#include "troupe/protocol/seal.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace troupe {

namespace {

// Where arguments begin in an arena, so that arrays are read in place.
constexpr auto arena_alignment = std::size_t{8};

} // namespace

bool cast_batch_builder::takes(std::size_t inline_bytes, std::size_t frames,
                               std::size_t frame_bytes) const noexcept {
  if (entries_.empty())
    return true;
  return entries_.size() < limits::batch_tasks
         && arena_.size() + inline_bytes <= limits::batch_arena_bytes
         && frames_.size() + frames <= limits::batch_frames
         && frame_bytes_ + frame_bytes <= limits::batch_frame_bytes;
}

void cast_batch_builder::add(const wire::CastEntry& entry,
                             std::span<const std::byte> bytes,
                             std::span<const buffer> frames,
                             std::span<const std::uint32_t> engines) {
  auto offset = (arena_.size() + arena_alignment - 1) / arena_alignment
                * arena_alignment;
  arena_.resize(offset);
  arena_.insert(arena_.end(), bytes.begin(), bytes.end());
  entries_.emplace_back(entry.id(), entry.function(), entry.signature(),
                        static_cast<std::uint32_t>(offset),
                        static_cast<std::uint32_t>(bytes.size()),
                        static_cast<std::uint16_t>(frames_.size()),
                        static_cast<std::uint16_t>(frames.size()),
                        entry.item_size(), range_of(engines),
                        static_cast<std::uint32_t>(engines.size()),
                        entry.encoding(), entry.flags(), std::uint16_t{0},
                        std::uint32_t{0});
  for (auto& frame : frames) {
    frame_bytes_ += frame.size();
    frames_.push_back(frame);
  }
}

std::uint32_t
cast_batch_builder::range_of(std::span<const std::uint32_t> engines) {
  if (!entries_.empty()) {
    auto& last = entries_.back();
    auto first = engines_.begin() + last.first_engine();
    if (std::equal(first, first + last.engines(), engines.begin(),
                   engines.end()))
      return last.first_engine();
  }
  auto result = static_cast<std::uint32_t>(engines_.size());
  engines_.insert(engines_.end(), engines.begin(), engines.end());
  return result;
}

multipart cast_batch_builder::finish() {
  flatbuffers::FlatBufferBuilder fbb;
  fbb.ForceVectorAlignment(arena_.size(), 1, arena_alignment);
  auto arena = fbb.CreateVector(
    reinterpret_cast<const std::uint8_t*>(arena_.data()), arena_.size());
  auto engines = fbb.CreateVector(engines_);
  auto entries = fbb.CreateVectorOfStructs(entries_.data(), entries_.size());
  frame_list frames;
  frames.reserve(1 + frames_.size());
  frames.push_back(seal(fbb, wire::CreateCast(fbb, entries, arena, engines)));
  std::move(frames_.begin(), frames_.end(), std::back_inserter(frames));
  *this = {};
  return multipart{std::move(frames)};
}

caf::expected<cast_batch_view> read_casts(const message_view& message) {
  auto cast = message.get<wire::Cast>();
  if (cast == nullptr)
    return troupe::make_error(ec::unexpected_message, "no batch of calls");
  auto entries = struct_span(cast->calls());
  if (!entries)
    return std::move(entries.error());
  cast_batch_view result;
  result.entries = *entries;
  result.payload = message.payload();
  result.engines = cast->engines();
  if (auto arena = cast->arena())
    result.arena = std::as_bytes(std::span{arena->Data(), arena->size()});
  if (auto err = check_ranges<wire::CastEntry>(result))
    return err;
  for (auto& x : result.entries)
    if (x.engines() == 0
        || !within(x.first_engine(), x.engines(), cast->engines()->size()))
      return troupe::make_error(ec::bad_range, "engines out of bounds");
  return result;
}

} // namespace troupe
