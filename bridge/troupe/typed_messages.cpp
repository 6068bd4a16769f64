// SPDX-License-Identifier: BSL-1.0
#include "troupe/typed_messages.hpp"

#include "troupe/bridge_type_ids.hpp"
#include "troupe/request_envelope.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_clock.hpp>
#include <caf/local_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <cassert>
#include <cctype>
#include <cstring>
#include <utility>

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

/// The file identifier as it may be shown, whoever wrote it.
std::string name_of(const buffer& bytes) {
  std::string result{bytes.text().substr(identifier_offset, 4)};
  std::replace_if(
    result.begin(), result.end(),
    [](unsigned char c) { return std::isgraph(c) == 0; }, '?');
  return result;
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

typed_messages& typed_messages::report_to(caf::local_actor* self) {
  state_->reports_to = self;
  return *this;
}

void typed_messages::operator()(const delivery& x) const {
  for (auto& message : x.messages)
    (*this)(message, x.tag);
  if (x.messages.empty())
    report_rest();
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
  report(reason, {tag, message, bytes, payload});
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

std::string typed_messages::explain(ec reason, const received& x) const {
  if (reason == ec::bad_frames)
    return "a message was dropped: there is no table where it should be";
  auto what = "a table " + name_of(x.bytes) + " was dropped: ";
  auto id = detail::table_id(x.bytes.data() + identifier_offset);
  auto table = state_->tables.find(id);
  if (table == state_->tables.end())
    return what + "nobody here takes it";
  if (reason == ec::too_large)
    return what + "it has " + std::to_string(x.bytes.size()) + " bytes, and "
           + std::to_string(table->second->max_size) + " are the most";
  return what + table->second->explain(reason, to_aligned(x.bytes));
}

void typed_messages::report(ec reason, const received& x) const {
  auto self = state_->reports_to;
  if (self == nullptr)
    return;
  state_->tag = x.tag;
  auto event = state_->refusals.note(x.tag, x.message.peer, reason,
                                     self->clock().now(),
                                     [&] { return explain(reason, x); });
  if (event)
    caf::anon_send(caf::actor_cast<caf::actor>(self->ctrl()),
                   std::move(*event));
  else
    wait_for_rest();
}

void typed_messages::report_rest() const {
  auto self = state_->reports_to;
  if (self == nullptr)
    return;
  state_->waits = false;
  for (auto& event : state_->refusals.take(self->clock().now()))
    caf::anon_send(caf::actor_cast<caf::actor>(self->ctrl()), std::move(event));
  wait_for_rest();
}

void typed_messages::wait_for_rest() const {
  auto when = state_->refusals.deadline();
  if (when == refusal_log::time_point::max()
      || std::exchange(state_->waits, true))
    return;
  auto self = state_->reports_to;
  caf::delayed_anon_send(caf::actor_cast<caf::actor>(self->ctrl()),
                         when - self->clock().now(),
                         delivery{state_->tag, {}, nullptr});
}

} // namespace troupe
