// SPDX-License-Identifier: BSL-1.0
// Tables that users define.

#include "bridge/messages/shop.hpp"
#include "fuzz/decoders.hpp"
#include <troupe/typed_messages.hpp>

namespace troupe::fuzz {

void read_typed_messages(bytes all) {
  auto sum = std::uint64_t{0};
  auto messages = typed_messages{
    on<shop::Order>([&](const shop::Order& x, const received& from) {
      sum += shop::touch(x);
      touch(from.bytes.bytes());
    }),
    on<shop::Cancel>([&](const shop::Cancel& x) { sum += x.id(); })};
  messages.otherwise([](ec reason, const received& from) {
    if (reason != ec::bad_envelope)
      return;
    touch(table_flaw<shop::Order>(to_aligned(from.bytes), "ORD1",
                                  limits_of<shop::Order>()));
    touch(table_flaw<shop::Cancel>(to_aligned(from.bytes), "CAN1",
                                   limits_of<shop::Cancel>()));
  });
  multipart message;
  // A copy of the exact size, so that a sanitizer sees reads beyond it.
  message.frames.push_back(buffer::copy_of(all));
  auto accepted = messages(std::move(message));
  auto& counters = messages.counters();
  require(counters.accepted == (accepted ? 1u : 0u), "accepted is counted");
  require(counters.accepted + counters.dropped() == 1u, "all is counted");
  touch(std::as_bytes(std::span{&sum, 1}));
}

} // namespace troupe::fuzz
