// SPDX-License-Identifier: BSL-1.0
#include "troupe/lanes/lane_header.hpp"

#include "troupe/envelope_view.hpp"
#include "troupe/wire/lanes_generated.h"

#include <algorithm>
#include <cstdlib>
#include <sys/random.h>

namespace troupe {

namespace {

/// A header is tiny, but for the text of a refusal.
constexpr auto max_header = std::size_t{1024};
constexpr auto max_text = std::size_t{512};

struct reason_pair {
  ec code;
  wire::LaneRefusal wire;
};

constexpr auto reasons = std::array{
  reason_pair{ec::unexpected_message, wire::LaneRefusal::Malformed},
  reason_pair{ec::version_mismatch, wire::LaneRefusal::Version},
  reason_pair{ec::limit_reached, wire::LaneRefusal::Limit},
  reason_pair{ec::unknown_peer, wire::LaneRefusal::UnknownPeer},
  reason_pair{ec::timed_out, wire::LaneRefusal::Late},
  reason_pair{ec::peer_full, wire::LaneRefusal::Full},
  reason_pair{ec::peer_gone, wire::LaneRefusal::Gone},
  reason_pair{ec::closed, wire::LaneRefusal::Closed},
  reason_pair{ec::bad_envelope, wire::LaneRefusal::NoHeader},
};

wire::LaneRefusal to_wire(ec code) {
  auto i = std::find_if(reasons.begin(), reasons.end(),
                        [=](auto& x) { return x.code == code; });
  return i == reasons.end() ? wire::LaneRefusal::Malformed : i->wire;
}

ec from_wire(wire::LaneRefusal reason) {
  auto i = std::find_if(reasons.begin(), reasons.end(),
                        [=](auto& x) { return x.wire == reason; });
  return i == reasons.end() ? ec::unexpected_message : i->code;
}

buffer pack_anew(const lane_header& header) {
  flatbuffers::FlatBufferBuilder builder{128};
  auto text = header.text.empty()
                ? flatbuffers::Offset<flatbuffers::String>{}
                : builder.CreateString(header.text.substr(0, max_text));
  auto link = wire::LinkId{header.link.high, header.link.low};
  auto linked = header.word == lane_word::hello
                || header.word == lane_word::welcome;
  wire::LaneHeaderBuilder table{builder};
  if (linked)
    table.add_link(&link);
  table.add_number(header.number);
  if (!text.IsNull())
    table.add_text(text);
  if (header.word == lane_word::hello)
    table.add_version(header.version);
  table.add_word(static_cast<wire::LaneWord>(header.word));
  table.add_lane(static_cast<wire::Lane>(header.via));
  if (header.word == lane_word::refusal)
    table.add_reason(to_wire(header.reason));
  builder.Finish(table.Finish(), wire::LaneHeaderIdentifier());
  return buffer::adopt(builder.Release());
}

/// What heads application messages.
const buffer& message_header() {
  static const auto result = pack_anew({});
  return result;
}

} // namespace

link_id link_id::random() {
  link_id result;
  // Cannot fail for so few bytes, once the system has started.
  if (getrandom(&result, sizeof(result), 0) != sizeof(result))
    std::abort();
  return result;
}

buffer pack(const lane_header& header) {
  return header.word == lane_word::message ? message_header()
                                           : pack_anew(header);
}

caf::expected<lane_header> read_lane_header(const buffer& frame) {
  if (frame.text() == message_header().text())
    return lane_header{};
  auto view = envelope_view<wire::LaneHeader>::make(
    frame, wire::LaneHeaderIdentifier(), {max_header, 2, 2});
  if (!view)
    return std::move(view.error());
  auto& table = **view;
  if (table.word() > wire::LaneWord::MAX || table.lane() > wire::Lane::MAX)
    return make_error(ec::bad_envelope, "unknown word or lane");
  lane_header result;
  result.word = static_cast<lane_word>(table.word());
  result.version = table.version();
  result.via = static_cast<lane>(table.lane());
  auto link = table.link();
  if (reinterpret_cast<std::uintptr_t>(link) % alignof(wire::LinkId) != 0)
    return make_error(ec::bad_envelope, "misaligned link");
  if (link != nullptr)
    result.link = {link->high(), link->low()};
  result.number = table.number();
  result.reason = from_wire(table.reason());
  if (auto text = table.text())
    result.text = text->str();
  return result;
}

} // namespace troupe
