// SPDX-License-Identifier: BSL-1.0
#include "troupe/typed_messages.hpp"

#include "troupe/request_envelope.hpp"

#include <cassert>
#include <cstring>

namespace troupe {

namespace {

/// Behind the offset of the root.
constexpr auto identifier_offset = sizeof(flatbuffers::uoffset_t);

std::uint64_t& counter(typed_counters& xs, ec reason) noexcept {
  switch (reason) {
    case ec::bad_frames:
      return xs.no_table;
    case ec::unexpected_message:
      return xs.unknown_table;
    case ec::too_large:
      return xs.too_large;
    case ec::bad_envelope:
      return xs.broken;
    case ec::bad_value:
      return xs.invalid;
    default:
      return xs.accepted;
  }
}

} // namespace

// -- detail -------------------------------------------------------------------

detail::any_table::~any_table() {
  // nop
}

std::uint32_t detail::table_id(const void* identifier) noexcept {
  std::uint32_t result;
  std::memcpy(&result, identifier, sizeof(result));
  return result;
}

// -- typed_messages -----------------------------------------------------------

typed_messages& typed_messages::at(std::size_t frame) {
  state_->frame = frame;
  return *this;
}

typed_messages& typed_messages::requests() {
  state_->requests = true;
  return *this;
}

typed_messages& typed_messages::otherwise(dropped_handler handler) {
  state_->dropped = std::move(handler);
  return *this;
}

void typed_messages::operator()(const delivery& x) const {
  for (auto& message : x.messages)
    (*this)(message, x.tag);
}

bool typed_messages::operator()(const multipart& message,
                                std::uint32_t tag) const {
  const buffer nothing;
  auto frames = state_->requests
                  ? payload_of(message)
                  : std::span{message.frames.data(), message.frames.size()};
  auto has_table = state_->frame < frames.size();
  auto& bytes = has_table ? frames[state_->frame] : nothing;
  auto payload = frames.subspan(has_table ? state_->frame + 1 : frames.size());
  auto reason = handle({tag, message, bytes, payload});
  ++counter(state_->counters, reason);
  if (reason == ec{})
    return true;
  if (state_->dropped)
    state_->dropped(reason, {tag, message, bytes, payload});
  return false;
}

const typed_counters& typed_messages::counters() const noexcept {
  return state_->counters;
}

void typed_messages::add(const char* identifier,
                         std::unique_ptr<detail::any_table> table) {
  [[maybe_unused]] auto added =
    state_->tables.emplace(detail::table_id(identifier), std::move(table));
  assert(added.second && "two tables have the same file identifier");
}

ec typed_messages::handle(const received& x) const {
  if (x.bytes.size() < identifier_offset + 4)
    return ec::bad_frames;
  auto table =
    state_->tables.find(detail::table_id(x.bytes.data() + identifier_offset));
  if (table == state_->tables.end())
    return ec::unexpected_message;
  if (x.bytes.size() > table->second->max_size)
    return ec::too_large;
  if (is_aligned(x.bytes))
    return table->second->handle(x);
  ++state_->counters.realigned;
  return table->second->handle(
    {x.tag, x.message, to_aligned(x.bytes), x.payload});
}

} // namespace troupe
