// SPDX-License-Identifier: BSL-1.0
#include "troupe/link/link_header.hpp"

#include "troupe/wire/link_generated.h"

#include <array>
#include <cstring>

namespace troupe {

namespace {

// Where the fields lie in the table.
constexpr auto pieces_at = std::size_t{4};
constexpr auto arena_at = std::size_t{8};
constexpr auto epoch_at = std::size_t{12};
constexpr auto credit_messages_at = std::size_t{16};
constexpr auto credit_bytes_at = std::size_t{24};
constexpr auto credit_epoch_at = std::size_t{32};
constexpr auto chunk_id_at = std::size_t{36};
constexpr auto chunk_offset_at = std::size_t{40};
constexpr auto chunk_total_at = std::size_t{48};

static_assert(wire::Link::VT_PIECES == 4 && wire::Link::VT_EPOCH == 8
              && wire::Link::VT_CREDIT_EPOCH == 14
              && wire::Link::VT_CHUNK_TOTAL == 20);

template <class T>
void put(std::byte* to, std::size_t value) noexcept {
  flatbuffers::WriteScalar(to, static_cast<T>(value));
}

void put_credit(std::byte* table, const credit_grant& x) noexcept {
  put<std::uint64_t>(table + credit_messages_at, x.messages);
  put<std::uint64_t>(table + credit_bytes_at, x.bytes);
  put<std::uint32_t>(table + credit_epoch_at, x.epoch);
}

void put_chunk(std::byte* table, const chunk_place& x) noexcept {
  put<std::uint32_t>(table + chunk_id_at, x.id);
  put<std::uint64_t>(table + chunk_offset_at, x.offset);
  put<std::uint64_t>(table + chunk_total_at, x.total);
}

} // namespace

void link_layout::write(std::byte* to, const link_fields& x,
                        std::size_t arena_size,
                        std::size_t pieces) const noexcept {
  using entry = flatbuffers::voffset_t;
  std::memset(to, 0, arena());
  put<std::uint32_t>(to, table());
  std::memcpy(to + 4, wire::LinkIdentifier(), 4);
  auto vtable = to + 8;
  auto field = [&](std::size_t number, std::size_t where, bool present) {
    put<entry>(vtable + number, present ? where : 0);
  };
  put<entry>(vtable, vtable_size());
  put<entry>(vtable + 2, table_size());
  field(wire::Link::VT_PIECES, pieces_at, pieces != 0);
  field(wire::Link::VT_ARENA, arena_at, arena_size != 0);
  field(wire::Link::VT_EPOCH, epoch_at, true);
  auto base = to + table();
  put<std::int32_t>(base, table() - 8);
  if (pieces != 0)
    put<std::uint32_t>(base + pieces_at, pieces - table() - pieces_at);
  if (arena_size != 0) {
    put<std::uint32_t>(base + arena_at, arena() - 4 - table() - arena_at);
    put<std::uint32_t>(to + arena() - 4, arena_size);
  }
  put<std::uint32_t>(base + epoch_at, x.epoch);
  if (fields_ >= 6 && x.credit) {
    field(wire::Link::VT_CREDIT_MESSAGES, credit_messages_at, true);
    field(wire::Link::VT_CREDIT_BYTES, credit_bytes_at, true);
    field(wire::Link::VT_CREDIT_EPOCH, credit_epoch_at, true);
    put_credit(base, x.credit);
  }
  if (fields_ >= 9 && x.chunk) {
    field(wire::Link::VT_CHUNK_ID, chunk_id_at, true);
    field(wire::Link::VT_CHUNK_OFFSET, chunk_offset_at, true);
    field(wire::Link::VT_CHUNK_TOTAL, chunk_total_at, true);
    put_chunk(base, x.chunk);
  }
}

buffer make_link_head(const link_fields& x) {
  auto layout = link_layout{true, static_cast<bool>(x.chunk)};
  std::array<std::byte, link_layout{true, true}.arena()> bytes;
  layout.write(bytes.data(), x, 0, 0);
  return buffer::copy_of({bytes.data(), layout.end()});
}

} // namespace troupe
