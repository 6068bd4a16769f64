// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/protocol/read.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// Writes and reads calls of named engines.
namespace troupe {

/// Bits of `wire::CastEntry::flags`.
namespace cast_flags {

inline constexpr std::uint8_t coalesce = 1;
inline constexpr std::uint8_t round_robin = 2;

} // namespace cast_flags

/// Collects calls, their engines, their small bytes and their payload frames,
/// and makes one `Cast` of them.
class cast_batch_builder {
public:
  /// Whether a call with these sizes still belongs into the current message.
  /// An empty builder takes anything.
  bool takes(std::size_t inline_bytes, std::size_t frames,
             std::size_t frame_bytes) const noexcept;

  /// Appends a call. Sets its `offset`, `size`, `first_frame`, `frames`,
  /// `first_engine` and `engines`. Calls of the engines of the call before
  /// share their range with it.
  void add(const wire::CastEntry& entry, std::span<const std::byte> bytes,
           std::span<const buffer> frames,
           std::span<const std::uint32_t> engines);

  bool empty() const noexcept {
    return entries_.empty();
  }

  /// Makes the message and leaves the builder empty.
  multipart finish();

private:
  /// Finds or appends a range of engines and returns its begin.
  std::uint32_t range_of(std::span<const std::uint32_t> engines);

  std::vector<wire::CastEntry> entries_;
  std::vector<std::byte> arena_;
  std::vector<buffer> frames_;
  std::vector<std::uint32_t> engines_;
  std::size_t frame_bytes_ = 0;
};

/// The calls of a `Cast`, with all that they refer to. Valid as long as the
/// `message_view`.
struct cast_batch_view : batch_view<wire::CastEntry> {
  /// Numbers of engines. They may not be aligned in a hostile message.
  const flatbuffers::Vector<std::uint32_t>* engines = nullptr;

  engine_id engine(const wire::CastEntry& x, std::uint32_t k) const {
    return engine_id{engines->Get(x.first_engine() + k)};
  }
};

/// Reads a `Cast`. Every call has at least one engine. Fails with
/// `ec::unexpected_message`, `ec::bad_envelope` or `ec::bad_range`.
caf::expected<cast_batch_view> read_casts(const message_view& message);

} // namespace troupe
