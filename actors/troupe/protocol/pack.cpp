// SPDX-License-Identifier: BSL-1.0
#include "troupe/protocol/pack.hpp"

#include "troupe/protocol/seal.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <type_traits>
#include <utility>

namespace troupe {

namespace {

using builder_type = flatbuffers::FlatBufferBuilder;

// What an envelope needs besides its vectors and strings, in bytes.
constexpr auto envelope_overhead = std::size_t{160};

// Where arguments begin in an arena, so that arrays are read in place.
constexpr auto arena_alignment = std::size_t{8};

// Longest text of a failure, in bytes.
constexpr auto max_failure_text = std::size_t{64} << 10;

// Longest name that a 16-bit size can describe, in bytes.
constexpr auto max_name = std::size_t{0xFFFF};

auto pack_text(builder_type& fbb, std::string_view text) {
  return fbb.CreateString(text.data(), text.size());
}

auto pack_bytes(builder_type& fbb, std::string_view text) {
  return fbb.CreateVector(reinterpret_cast<const std::uint8_t*>(text.data()),
                          text.size());
}

/// Returns the longest prefix of `text` of at most `size` bytes that does not
/// end within a UTF-8 character.
std::string_view cut(std::string_view text, std::size_t size) {
  if (text.size() <= size)
    return text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80)
    --size;
  return text.substr(0, size);
}

/// Appends `text` to `names` and returns where it begins.
std::uint32_t append(std::string& names, std::string_view text) {
  auto offset = static_cast<std::uint32_t>(names.size());
  names.append(text);
  return offset;
}

flatbuffers::Offset<wire::Functions>
pack_functions(builder_type& fbb,
               const std::vector<function_description>& functions) {
  std::vector<wire::FunctionEntry> entries;
  entries.reserve(functions.size());
  std::string names;
  for (auto& x : functions) {
    auto name = cut(x.name, max_name);
    auto signature = cut(x.signature_text, max_name);
    auto offset = append(names, name);
    append(names, signature);
    entries.emplace_back(value(x.id), x.signature, offset,
                         static_cast<std::uint16_t>(name.size()),
                         static_cast<std::uint16_t>(signature.size()));
  }
  auto list = fbb.CreateVectorOfStructs(entries.data(), entries.size());
  auto text = pack_bytes(fbb, names);
  return wire::CreateFunctions(fbb, list, text);
}

template <class T>
void append_scalar(std::vector<std::byte>& arena, T x) {
  x = flatbuffers::EndianScalar(x);
  auto first = reinterpret_cast<const std::byte*>(&x);
  arena.insert(arena.end(), first, first + sizeof(T));
}

wire::TaskEntry with_ranges(const wire::TaskEntry& x, std::uint32_t offset,
                            std::uint32_t size, std::uint16_t first_frame,
                            std::uint16_t frames) {
  return {x.id(),      x.function(), x.signature(), offset,
          size,        first_frame,  frames,        x.attempts(),
          x.retries(), x.encoding(), x.priority()};
}

wire::ResultEntry with_ranges(const wire::ResultEntry& x, std::uint32_t offset,
                              std::uint32_t size, std::uint16_t first_frame,
                              std::uint16_t frames) {
  return {x.id(),     x.run_ns(),   x.started_ns(), offset,
          size,       first_frame,  frames,         x.engine(),
          x.status(), x.attempts(), x.encoding(),   0};
}

} // namespace

// -- registry, heartbeat, control ---------------------------------------------

buffer pack_hello(const hello_message& x) {
  builder_type fbb;
  auto name = pack_text(fbb, x.name);
  auto host = pack_text(fbb, x.host);
  auto functions = pack_functions(fbb, x.functions);
  auto tags = pack_text(fbb, tags_text(x.means));
  auto slots = pack_text(fbb, slots_text(x.means));
  return seal(fbb,
              wire::CreateHello(fbb, x.version, x.role, name, x.incarnation,
                                x.pid, host, functions, tags, slots));
}

buffer pack_welcome(const welcome_message& x) {
  builder_type fbb{256};
  auto name = pack_text(fbb, x.name);
  return seal(fbb,
              wire::CreateWelcome(fbb, limits::protocol_version, x.id, name,
                                  x.token, x.period_ms, x.max_misses));
}

buffer pack_refusal(wire::RefusalCode code, std::string_view text) {
  builder_type fbb{256};
  auto sentence = pack_text(fbb, text);
  return seal(fbb, wire::CreateRefusal(fbb, code, sentence,
                                       limits::protocol_version));
}

buffer pack_ready() {
  builder_type fbb{128};
  return seal(fbb, wire::CreateReady(fbb));
}

buffer pack_goodbye(std::string_view reason) {
  builder_type fbb{256};
  auto sentence = pack_text(fbb, reason);
  return seal(fbb, wire::CreateGoodbye(fbb, sentence));
}

buffer pack_ping(std::uint32_t sequence) {
  builder_type fbb{128};
  return seal(fbb, wire::CreatePing(fbb, sequence));
}

buffer pack_pong(std::uint32_t sequence, std::uint32_t queued,
                 std::uint64_t done) {
  builder_type fbb{128};
  return seal(fbb, wire::CreatePong(fbb, sequence, queued, done));
}

buffer pack_status_query(bool subscribe) {
  builder_type fbb{128};
  return seal(fbb, wire::CreateStatusQuery(fbb, subscribe));
}

buffer pack_status(const status_message& x) {
  builder_type fbb;
  std::vector<wire::EngineEntry> entries;
  entries.reserve(x.engines.size());
  std::string names;
  for (auto& engine : x.engines) {
    auto name = cut(engine.name, max_name);
    auto tags = tags_text(engine.means);
    auto slots = slots_text(engine.means);
    auto offset = append(names, name);
    append(names, tags);
    append(names, slots);
    entries.emplace_back(engine.done, engine.failed, value(engine.id),
                         engine.pid, engine.load, engine.silent_ms, offset,
                         static_cast<std::uint16_t>(name.size()),
                         std::uint8_t{engine.ready}, std::uint8_t{0},
                         static_cast<std::uint16_t>(tags.size()),
                         static_cast<std::uint16_t>(slots.size()));
  }
  auto list = fbb.CreateVectorOfStructs(entries.data(), entries.size());
  auto text = pack_bytes(fbb, names);
  auto functions = pack_functions(fbb, x.functions);
  auto scheme = pack_text(fbb, cut(x.scheme, max_name));
  return seal(fbb, wire::CreateStatus(fbb, list, text, functions, x.queued,
                                      x.accepted, x.reported, x.redispatched,
                                      x.lost, x.dropped, x.clients, x.uptime_ms,
                                      x.frames_copied, x.frames_lent,
                                      x.bytes_copied, x.bytes_lent, scheme));
}

buffer pack_shutdown(std::string_view reason) {
  builder_type fbb{256};
  auto sentence = pack_text(fbb, reason);
  return seal(fbb, wire::CreateShutdown(fbb, sentence));
}

// -- tasks --------------------------------------------------------------------

buffer pack_join(std::uint64_t token, std::uint32_t connection) {
  builder_type fbb{128};
  return seal(fbb, wire::CreateJoin(fbb, token, connection));
}

buffer pack_credit(std::uint32_t tasks, std::uint64_t bytes) {
  builder_type fbb{128};
  return seal(fbb, wire::CreateCredit(fbb, tasks, bytes));
}

buffer pack_give_back(std::uint32_t tasks) {
  builder_type fbb{128};
  return seal(fbb, wire::CreateGiveBack(fbb, tasks));
}

template <class Entry>
bool batch_builder<Entry>::takes(std::size_t inline_bytes, std::size_t frames,
                                 std::size_t frame_bytes) const noexcept {
  if (entries_.empty())
    return true;
  return entries_.size() < limits::batch_tasks
         && arena_.size() + inline_bytes <= limits::batch_arena_bytes
         && frames_.size() + frames <= limits::batch_frames
         && frame_bytes_ + frame_bytes <= limits::batch_frame_bytes;
}

template <class Entry>
void batch_builder<Entry>::add(const Entry& entry,
                               std::span<const std::byte> inline_bytes,
                               std::span<const buffer> frames) {
  auto offset = arena_.size();
  if (!inline_bytes.empty()) {
    offset = (offset + arena_alignment - 1) / arena_alignment * arena_alignment;
    arena_.resize(offset);
    arena_.insert(arena_.end(), inline_bytes.begin(), inline_bytes.end());
  }
  entries_.push_back(
    with_ranges(entry, static_cast<std::uint32_t>(offset),
                static_cast<std::uint32_t>(inline_bytes.size()),
                static_cast<std::uint16_t>(frames_.size()),
                static_cast<std::uint16_t>(frames.size())));
  for (auto& frame : frames) {
    frame_bytes_ += frame.size();
    frames_.push_back(frame);
  }
}

template <class Entry>
void batch_builder<Entry>::demand(const task_demand& x,
                                  std::span<const std::uint64_t> references,
                                  const resources& needs) {
  auto first = static_cast<std::uint32_t>(references_.size());
  for (auto reference : references)
    references_.emplace_back(reference);
  auto first_need = static_cast<std::uint32_t>(needs_.size());
  for (auto& tag : needs.tags)
    add_need(tag, 0);
  for (auto& slot : needs.slots)
    add_need(slot.name, slot.amount);
  auto task = static_cast<std::uint32_t>(entries_.size() - 1);
  auto count = static_cast<std::uint16_t>(needs_.size() - first_need);
  demands_.emplace_back(task, first, x.after, x.follow, x.targets, x.queue_ms,
                        x.retry_ms, x.run_ms, x.flags, count, first_need);
}

template <class Entry>
void batch_builder<Entry>::add_need(std::string_view name,
                                    std::uint64_t amount) {
  auto text = cut(name, max_name);
  needs_.emplace_back(amount, append(names_, text),
                      static_cast<std::uint16_t>(text.size()),
                      std::uint16_t{0});
}

template <class Entry>
void batch_builder<Entry>::demand_again() {
  assert(!demands_.empty());
  auto x = demands_.back();
  auto task = static_cast<std::uint32_t>(entries_.size() - 1);
  demands_.emplace_back(task, x.first(), x.after(), x.follow(), x.targets(),
                        x.queue_ms(), x.retry_ms(), x.run_ms(), x.flags(),
                        x.needs(), x.first_need());
}

template <class Entry>
multipart batch_builder<Entry>::finish(const routing_id& peer) {
  builder_type fbb{entries_.size() * sizeof(Entry) + arena_.size()
                   + demands_.size() * sizeof(wire::Demand)
                   + references_.size() * sizeof(wire::Reference)
                   + needs_.size() * sizeof(wire::Need) + names_.size()
                   + limits_.size() * sizeof(wire::RunLimit)
                   + envelope_overhead};
  fbb.ForceVectorAlignment(arena_.size(), 1, arena_alignment);
  auto arena = fbb.CreateVector(
    reinterpret_cast<const std::uint8_t*>(arena_.data()), arena_.size());
  auto entries = fbb.CreateVectorOfStructs(entries_.data(), entries_.size());
  frame_list frames;
  frames.reserve(1 + frames_.size());
  if constexpr (std::is_same_v<Entry, wire::ResultEntry>)
    frames.push_back(seal(fbb, wire::CreateResults(fbb, entries, arena)));
  else if (kind_ == batch_kind::submit)
    frames.push_back(seal(fbb, finish_submit(fbb, entries, arena)));
  else
    frames.push_back(seal(fbb, finish_dispatch(fbb, entries, arena)));
  std::move(frames_.begin(), frames_.end(), std::back_inserter(frames));
  entries_.clear();
  demands_.clear();
  references_.clear();
  needs_.clear();
  limits_.clear();
  names_.clear();
  arena_.clear();
  frames_.clear();
  frame_bytes_ = 0;
  behind_ = 0;
  return multipart{peer, std::move(frames)};
}

template <class Entry>
flatbuffers::Offset<wire::Submit> batch_builder<Entry>::finish_submit(
  builder_type& fbb,
  flatbuffers::Offset<flatbuffers::Vector<const wire::TaskEntry*>> entries,
  flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> arena) {
  if (demands_.empty())
    return wire::CreateSubmit(fbb, entries, arena);
  auto demands = fbb.CreateVectorOfStructs(demands_.data(), demands_.size());
  auto references = fbb.CreateVectorOfStructs(references_.data(),
                                              references_.size());
  if (needs_.empty())
    return wire::CreateSubmit(fbb, entries, arena, demands, references);
  auto needs = fbb.CreateVectorOfStructs(needs_.data(), needs_.size());
  auto names = pack_bytes(fbb, names_);
  return wire::CreateSubmit(fbb, entries, arena, demands, references, needs,
                            names);
}

template <class Entry>
void batch_builder<Entry>::limit(std::uint32_t run_ms) {
  limits_.emplace_back(static_cast<std::uint32_t>(entries_.size() - 1), run_ms);
}

template <class Entry>
flatbuffers::Offset<wire::Dispatch> batch_builder<Entry>::finish_dispatch(
  builder_type& fbb,
  flatbuffers::Offset<flatbuffers::Vector<const wire::TaskEntry*>> entries,
  flatbuffers::Offset<flatbuffers::Vector<std::uint8_t>> arena) {
  if (limits_.empty())
    return wire::CreateDispatch(fbb, entries, arena, 0, behind_);
  auto limits = fbb.CreateVectorOfStructs(limits_.data(), limits_.size());
  return wire::CreateDispatch(fbb, entries, arena, limits, behind_);
}

template class batch_builder<wire::TaskEntry>;
template class batch_builder<wire::ResultEntry>;

void pack_failure(const failure& x, std::vector<std::byte>& arena) {
  for (auto text :
       {cut(x.type, max_failure_text), cut(x.message, max_failure_text)}) {
    append_scalar(arena, static_cast<std::uint32_t>(text.size()));
    auto first = reinterpret_cast<const std::byte*>(text.data());
    arena.insert(arena.end(), first, first + text.size());
  }
}

void pack_rejection(const rejection& x, std::vector<std::byte>& arena) {
  append_scalar(arena, static_cast<std::uint64_t>(x.retry_after.count()));
  pack_failure(x.why, arena);
}

} // namespace troupe
