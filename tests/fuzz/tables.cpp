// SPDX-License-Identifier: BSL-1.0
// FlatBuffers that peers send.

#include "bridge/messages/shop.hpp"
#include "fuzz/decoders.hpp"
#include <troupe/protocol/read.hpp>
#include <troupe/typed_messages.hpp>

namespace troupe::fuzz {

namespace {

/// A message of the frame `envelope` and of `payload` frames of 0, 1, 2...
/// bytes.
multipart message_of(bytes envelope, std::size_t payload) {
  multipart result;
  // A copy of the exact size, so that a sanitizer sees reads beyond it.
  result.frames.push_back(buffer::copy_of(envelope));
  for (auto size = std::size_t{0}; size < payload; ++size)
    result.frames.push_back(buffer::copy_of(std::string(size, 'x')));
  return result;
}

template <class Batch>
void touch_batch(const caf::expected<Batch>& batch) {
  if (!batch)
    return;
  for (auto& entry : batch->entries) {
    touch(batch->bytes_of(entry));
    for (auto& frame : batch->frames_of(entry))
      touch(frame.bytes());
    touch(std::as_bytes(std::span{&entry, 1}));
    read_failure(batch->bytes_of(entry));
  }
}

void touch_functions(const std::vector<function_description>& xs) {
  for (auto& x : xs) {
    touch(x.name);
    touch(x.signature_text);
  }
}

void touch_body(const message_view& view) {
  if (auto hello = view.get<wire::Hello>())
    if (auto x = troupe::read_hello(*hello)) {
      touch(x->name + x->host);
      touch_functions(x->functions);
    }
  if (auto welcome = view.get<wire::Welcome>())
    touch(troupe::read_welcome(*welcome).name);
  if (auto status = view.get<wire::Status>())
    if (auto x = troupe::read_status(*status)) {
      touch_functions(x->functions);
      for (auto& engine : x->engines)
        touch(engine.name);
    }
}

} // namespace

void read_typed_messages(bytes all) {
  auto sum = std::uint64_t{0};
  auto messages = typed_messages{
    on<shop::Order>([&](const shop::Order& x, const received& from) {
      sum += shop::touch(x);
      touch(from.bytes.bytes());
    }),
    on<shop::Cancel>([&](const shop::Cancel& x) { sum += x.id(); })};
  auto accepted = messages(message_of(all, 0));
  auto& counters = messages.counters();
  require(counters.accepted == (accepted ? 1u : 0u), "accepted is counted");
  require(counters.accepted + counters.dropped() == 1u, "all is counted");
  touch(std::as_bytes(std::span{&sum, 1}));
}

void read_message(bytes all) {
  if (all.empty())
    return;
  auto payload = std::to_integer<std::size_t>(all.front()) % 8;
  auto view = message_view::make(message_of(all.subspan(1), payload));
  if (!view)
    return;
  require(view->payload().size() == payload, "payload is the rest");
  touch_batch(read_tasks(*view));
  touch_batch(read_results(*view));
  touch_body(*view);
}

void read_failure(bytes all) {
  auto exact = buffer::copy_of(all);
  auto x = troupe::read_failure(exact.bytes());
  touch(x.type);
  touch(x.message);
}

} // namespace troupe::fuzz
