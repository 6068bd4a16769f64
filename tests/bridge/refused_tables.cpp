// SPDX-License-Identifier: BSL-1.0

// Tables that reach no handler, over real sockets.

#include "bridge/loopback.hpp"
#include "bridge/messages/shop.hpp"
#include "support/running_clock.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <zmq.h>

#include <chrono>
#include <limits>
#include <string>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::test;

namespace {

using flatbuffers::FlatBufferBuilder;
using kind = socket_event::kind;

std::string text_of(const multipart& x) {
  return std::string{x.frames.front().text()};
}

std::string cancel() {
  FlatBufferBuilder builder;
  return text_of(pack(builder, shop::CreateCancel(builder, 1)));
}

/// `tables` offsets to one line, whose notes are `strings` offsets to one text.
std::string bomb(std::size_t tables, std::size_t strings) {
  FlatBufferBuilder builder;
  auto text = builder.CreateString("boom");
  auto notes = builder.CreateVector(
    std::vector<flatbuffers::Offset<flatbuffers::String>>(strings, text));
  auto line = shop::CreateLine(builder, 0, notes);
  auto lines = builder.CreateVector(
    std::vector<flatbuffers::Offset<shop::Line>>(tables, line));
  auto side = shop::Side::Buy;
  return text_of(pack(builder, shop::CreateOrder(builder, side, 1, 0, lines)));
}

/// Lines in lines.
std::string nested(int depth) {
  FlatBufferBuilder builder;
  auto line = shop::CreateLine(builder);
  for (auto level = 1; level < depth; ++level)
    line = shop::CreateLine(builder, 0, 0, builder.CreateVector(&line, 1));
  auto lines = builder.CreateVector(&line, 1);
  auto side = shop::Side::Buy;
  return text_of(pack(builder, shop::CreateOrder(builder, side, 1, 0, lines)));
}

/// An order that verifies, with numbers at an address for none.
std::string misaligned() {
  // The lower half of this double is the number 1: an offset that is 4 too
  // large finds a vector of one element there.
  auto tiny = std::numeric_limits<double>::denorm_min();
  FlatBufferBuilder builder;
  auto weights = builder.CreateVector(std::vector<double>{tiny, tiny});
  auto root = shop::CreateOrder(builder, shop::Side::Buy, 1, 0, 0, weights);
  auto bytes = text_of(pack(builder, root));
  for (auto at = std::size_t{0}; at + 4 <= bytes.size(); at += 4) {
    auto moved = bytes;
    moved[at] = static_cast<char>(moved[at] + 4);
    auto copy = buffer::copy_of(moved);
    if (verifies<shop::Order>(copy, "ORD1", {})
        && !is_aligned(shop::GetOrder(copy.data())->weights()))
      return moved;
  }
  return {};
}

std::string senseless() {
  FlatBufferBuilder builder;
  auto side = static_cast<shop::Side>(9);
  return text_of(pack(builder, shop::CreateOrder(builder, side)));
}

struct fixture : bridge_fixture {
  fixture() {
    router = open_router();
    auto listener = self.handle();
    auto reader = sys.spawn([listener](caf::event_based_actor* actor) {
      auto orders = typed_messages{
        on<shop::Order>([](const shop::Order&) {}),
        on<shop::Cancel>([=](const shop::Cancel&, const received& from) {
          actor->send(listener, delivery{0, {from.message}, nullptr});
        })};
      orders.report_to(actor);
      return caf::behavior{[=](const delivery& x) { orders(x); },
                           [=](socket_event& x) {
                             actor->send(listener, std::move(x));
                           }};
    });
    caf::anon_send(router.handle, atom::attach_v,
                   caf::actor_cast<socket_owner_actor>(reader));
  }

  /// Sends one frame from a peer of its own.
  /// @returns what is told about it, within 2 s.
  socket_event refusal(const std::string& frame) {
    plain_peer peer{ZMQ_DEALER};
    peer.connect(router.endpoints.front());
    BOOST_REQUIRE(peer.send({cancel()})); // now they are connected
    auto id = self.take().peer;
    running_clock since_cause;
    BOOST_REQUIRE(peer.send({frame}));
    auto event = self.take_event();
    BOOST_TEST((since_cause.elapsed() < 2s));
    BOOST_TEST((event.what == kind::refused));
    BOOST_TEST((event.peer == id));
    BOOST_TEST(event.value == 1u);
    return event;
  }

  open_socket router;
  owner self{sys};
};

} // namespace

#define CHECK_REFUSAL(frame, expected_reason, expected_text)                   \
  {                                                                            \
    auto event = refusal(frame);                                               \
    BOOST_TEST((event.reason == expected_reason), to_string(event.reason));    \
    BOOST_TEST(event.text == expected_text);                                   \
  }

BOOST_FIXTURE_TEST_SUITE(refused_tables_suite, fixture)

BOOST_AUTO_TEST_CASE(are_told_with_their_peer_and_the_reason) {
  CHECK_REFUSAL("", ec::bad_frames,
                "a message was dropped: there is no table where it should be");
  CHECK_REFUSAL("....A\n\xff"
                "Z....",
                ec::unexpected_message,
                "a table A??Z was dropped: nobody here takes it");
  CHECK_REFUSAL("....CAN1" + std::string(64, '.'), ec::too_large,
                "a table CAN1 was dropped: it has 72 bytes, and 64 are the "
                "most");
  CHECK_REFUSAL(cancel().substr(0, 12), ec::bad_envelope,
                "a table CAN1 was dropped: it does not verify: offsets, "
                "lengths or alignment are wrong");
  CHECK_REFUSAL(bomb(8'000, 8'000), ec::bad_envelope,
                "a table ORD1 was dropped: it has more than 261 tables");
  CHECK_REFUSAL(bomb(1'100, 1), ec::bad_envelope,
                "a table ORD1 was dropped: it has more than 1024 tables");
  CHECK_REFUSAL(nested(16), ec::bad_envelope,
                "a table ORD1 was dropped: it is nested deeper than 16");
  CHECK_REFUSAL(nested(1'000), ec::bad_envelope,
                "a table ORD1 was dropped: it is nested deeper than 16");
  CHECK_REFUSAL(misaligned(), ec::bad_value,
                "a table ORD1 was dropped: its numbers are not aligned");
  CHECK_REFUSAL(senseless(), ec::bad_value,
                "a table ORD1 was dropped: it has no such side");
}

BOOST_AUTO_TEST_CASE(make_few_events_however_many_they_are) {
  constexpr auto count = 10'000u;
  auto begin = std::chrono::steady_clock::now();
  plain_peer peer{ZMQ_DEALER};
  peer.connect(router.endpoints.front());
  for (auto i = 0u; i < count; ++i)
    BOOST_REQUIRE(peer.send({"....ORD1"}));
  BOOST_REQUIRE(peer.send({cancel()}));
  self.take(); // all were refused by now
  running_clock since_last;
  auto events = 0;
  for (auto told = 0u; told < count; ++events) {
    auto event = self.take_event();
    BOOST_TEST((event.reason == ec::bad_envelope));
    told += event.value;
  }
  BOOST_TEST((since_last.elapsed() < 2s));
  BOOST_TEST(events > 1);
  BOOST_TEST(events <= 1 + (std::chrono::steady_clock::now() - begin) / 1s);
}

BOOST_AUTO_TEST_SUITE_END()
