// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/buffer.hpp"
#include "troupe/error.hpp"
#include "troupe/lanes/lane.hpp"

#include <caf/expected.hpp>

#include <compare>
#include <cstdint>
#include <string>

namespace troupe {

/// Names the link that three connections belong to.
struct link_id {
  /// Draws 128 bits that nobody can guess.
  static link_id random();

  std::uint64_t high = 0;
  std::uint64_t low = 0;

  friend auto operator<=>(const link_id&, const link_id&) = default;
};

/// What a message is for.
enum class lane_word : std::uint8_t {
  message,
  hello,
  welcome,
  refusal,
  fence,
  passed,
  probe,
  goodbye,
};

/// The first frame of each message on a lane. schemas/lanes.fbs says which
/// field belongs to which word.
struct lane_header {
  static constexpr std::uint16_t current_version = 1;

  lane_word word = lane_word::message;
  std::uint16_t version = current_version;
  lane via = lane::control;
  link_id link{};
  std::uint64_t number = 0;
  ec reason = ec::unexpected_message;
  std::string text{};
};

/// Writes a header. That of application messages is always the same buffer.
/// @relates lane_header
buffer pack(const lane_header& header);

/// Verifies and reads a header. Fails with `ec::bad_envelope`.
/// @relates lane_header
caf::expected<lane_header> read_lane_header(const buffer& frame);

} // namespace troupe
