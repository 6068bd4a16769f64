// SPDX-License-Identifier: BSL-1.0
#include "troupe/protocol/pack.hpp"
#include "troupe/scheduling/direct_core.hpp"
#include "troupe/scheduling/partition.hpp"

#include <cstring>
#include <vector>

// How calls reach their engines.
namespace troupe {

void direct_core::dispatch(direct_engine& engine) {
  if (!engine.joined || !engine.returned.empty())
    return;
  direct_line::window window{cfg_.engine_calls, cfg_.engine_bytes};
  if (engine.line.sent() == 0)
    engine.since = now_;
  while (auto sendable = engine.line.sendable(window)) {
    auto sent = repeat(engine, sendable);
    if (sent == 0)
      sent = build(engine, sendable);
    engine.line.mark_sent(sent);
    actions_.messages.emplace_back(engine.peer->peer, last_message_);
  }
}

std::size_t direct_core::repeat(const direct_engine& engine,
                                std::size_t sendable) {
  if (last_keys_.size() > sendable)
    return 0;
  for (std::size_t n = 0; n < last_keys_.size(); ++n)
    if (engine.line.waiting(n).key != last_keys_[n])
      return 0;
  return last_keys_.size();
}

std::size_t direct_core::build(const direct_engine& engine,
                               std::size_t sendable) {
  last_keys_.clear();
  auto shared = true;
  std::size_t count = 0;
  for (; count < sendable; ++count) {
    auto& item = engine.line.waiting(count);
    auto& call = *item.call;
    auto& entry = call.entry();
    auto bytes = call.batch->calls.bytes_of(entry);
    auto frames = call.batch->calls.frames_of(entry);
    if (!builder_.takes(bytes.size(), frames.size(),
                        call.bytes_for(item.k) - bytes.size()))
      break;
    wire::TaskEntry header{item.key,
                           entry.function(),
                           entry.signature(),
                           0,
                           0,
                           0,
                           0,
                           1,
                           0,
                           entry.encoding(),
                           0};
    last_keys_.push_back(item.key);
    if (call.scattered()) {
      shared = false;
      add_part(header, item);
    } else {
      builder_.add(header, bytes, frames);
    }
  }
  last_message_ = builder_.finish({}).frames;
  if (!shared)
    last_keys_.clear();
  return count;
}

void direct_core::add_part(const wire::TaskEntry& header,
                           const direct_item& item) {
  auto& calls = item.call->batch->calls;
  auto& entry = item.call->entry();
  auto turns = (entry.flags() & cast_flags::round_robin) != 0;
  auto whole = calls.frames_of(entry);
  std::vector<buffer> frames{whole.begin(), whole.end()};
  frames[0] = part_of(whole[0], entry.item_size(), entry.engines(), item.k,
                      turns ? partition_type::round_robin
                            : partition_type::block);
  auto size = frames[0].size();
  // A frame, or nothing at all; see the codec's byte ranges.
  std::uint64_t length = size == 0 ? 0 : size * 2 + 1;
  length = flatbuffers::EndianScalar(length);
  auto bytes = calls.bytes_of(entry);
  scratch_.assign(bytes.begin(), bytes.end());
  std::memcpy(scratch_.data(), &length, sizeof(length));
  builder_.add(header, scratch_, std::span{frames}.subspan(size == 0 ? 1 : 0));
}

} // namespace troupe
