// SPDX-License-Identifier: BSL-1.0

#include "bridge/loopback.hpp"
#include "bridge/messages/shop.hpp"
#include <troupe/request_envelope.hpp>
#include <troupe/typed_messages.hpp>

#include <caf/event_based_actor.hpp>

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <limits>
#include <random>
#include <string>
#include <vector>

using namespace troupe;

/// Changes its mind each time it is asked.
template <>
struct troupe::table_traits<shop::Line> {
  static constexpr auto identifier = "LIN1";

  static const char* flaw(const shop::Line&) {
    return ++calls % 2 == 1 ? "it is odd" : nullptr;
  }

  static inline auto calls = 0;
};

namespace {

using flatbuffers::FlatBufferBuilder;

multipart order(std::uint64_t id = 42, std::vector<double> weights = {1, 2}) {
  FlatBufferBuilder builder;
  auto notes = builder.CreateVectorOfStrings({"red", "urgent"});
  auto part = shop::CreateLine(builder, builder.CreateString("wheel"));
  auto parts = builder.CreateVector(&part, 1);
  auto name = builder.CreateString("bicycle");
  auto line = shop::CreateLine(builder, name, notes, parts);
  auto lines = builder.CreateVector(&line, 1);
  auto price = shop::Price{4711, 978};
  auto prices = builder.CreateVectorOfStructs(&price, 1);
  auto root = shop::CreateOrder(builder, shop::Side::Sell, id, name, lines,
                                builder.CreateVector(weights), prices);
  return pack(builder, root);
}

multipart cancel(std::uint64_t id) {
  FlatBufferBuilder builder;
  return pack(builder, shop::CreateCancel(builder, id),
              buffer::copy_of("payload"));
}

multipart of(buffer frame) {
  multipart result;
  result.frames.push_back(std::move(frame));
  return result;
}

/// A copy of `bytes` at an address that is `shift` off alignment.
buffer crooked(const buffer& bytes, std::size_t shift) {
  return buffer::copy_of(std::string(shift, '-') + std::string{bytes.text()})
    .slice(shift, bytes.size());
}

/// `tables` offsets to one line, whose notes are `strings` offsets to one text.
multipart bomb(std::size_t tables, std::size_t strings) {
  FlatBufferBuilder builder;
  auto text = builder.CreateString("boom");
  auto notes = builder.CreateVector(
    std::vector<flatbuffers::Offset<flatbuffers::String>>(strings, text));
  auto line = shop::CreateLine(builder, 0, notes);
  auto lines = builder.CreateVector(
    std::vector<flatbuffers::Offset<shop::Line>>(tables, line));
  return pack(builder,
              shop::CreateOrder(builder, shop::Side::Buy, 1, 0, lines));
}

/// Lines in lines.
multipart nested(int depth) {
  FlatBufferBuilder builder;
  auto line = shop::CreateLine(builder);
  for (auto level = 1; level < depth; ++level)
    line = shop::CreateLine(builder, 0, 0, builder.CreateVector(&line, 1));
  auto lines = builder.CreateVector(&line, 1);
  return pack(builder,
              shop::CreateOrder(builder, shop::Side::Buy, 1, 0, lines));
}

/// Reads whatever reaches a handler.
struct fixture {
  fixture() {
    messages.otherwise([this](ec reason, const received&) { last = reason; });
  }

  /// Returns why `x` was dropped, or nothing.
  ec refusal(multipart x) {
    last = ec{};
    auto accepted = messages(x);
    BOOST_TEST(accepted == (last == ec{}));
    return last;
  }

  ec last{};
  std::uint64_t sum = 0;
  std::vector<std::uint64_t> ids;
  std::vector<buffer> kept;
  typed_messages messages{
    on<shop::Order>([this](const shop::Order& x, const received& from) {
      sum += touch(x);
      ids.push_back(x.id());
      kept.push_back(from.bytes);
    }),
    on<shop::Cancel>([this](const shop::Cancel& x) { ids.push_back(x.id()); })};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(typed_messages_suite, fixture)

BOOST_AUTO_TEST_CASE(passes_each_table_to_its_handler) {
  delivery all;
  for (auto id = 0u; id < 4; ++id)
    all.messages.push_back(id % 2 == 0 ? order(id) : cancel(id));
  messages(all);
  BOOST_TEST(ids == (std::vector<std::uint64_t>{0, 1, 2, 3}));
  BOOST_TEST(messages.counters().accepted == 4u);
  BOOST_TEST(messages.counters().dropped() == 0u);
}

BOOST_AUTO_TEST_CASE(shows_a_table_where_it_lies_and_keeps_it_alive) {
  auto released = 0;
  auto original = order(7);
  auto& bytes = original.frames.front();
  messages(of(
    buffer::borrow(bytes.data(), bytes.size(), [&released] { ++released; })));
  BOOST_REQUIRE(kept.size() == 1u);
  BOOST_TEST(kept.front().data() == bytes.data());
  BOOST_TEST(messages.counters().realigned == 0u);
  BOOST_TEST(released == 0);
  kept.clear();
  BOOST_TEST(released == 1);
}

BOOST_AUTO_TEST_CASE(tells_what_a_table_came_with) {
  auto seen = 0;
  auto message = cancel(1);
  message.peer = routing_id{"peer!"};
  auto reader = typed_messages{
    on<shop::Cancel>([&](const shop::Cancel&, const received& from) {
      ++seen;
      BOOST_TEST(from.tag == 3u);
      BOOST_TEST(from.message.peer.bytes() == "peer!");

      BOOST_REQUIRE(from.payload.size() == 1u);
      BOOST_TEST(from.payload[0].text() == "payload");
    })};
  BOOST_TEST(reader(message, 3));
  BOOST_TEST(seen == 1);
}

BOOST_AUTO_TEST_CASE(finds_a_table_behind_a_topic) {
  auto reader = typed_messages{
    on<shop::Cancel>([this](const shop::Cancel& x) { ids.push_back(x.id()); })};
  reader.at(1);
  auto message = cancel(5);
  message.frames.insert(message.frames.begin(), buffer::copy_of("topic"));
  BOOST_TEST(reader(message));
  BOOST_TEST(!reader(of(buffer::copy_of("topic"))));
  BOOST_TEST(ids == std::vector<std::uint64_t>{5});
  BOOST_TEST(reader.counters().no_table == 1u);
}

BOOST_AUTO_TEST_CASE(finds_a_table_behind_the_envelope_of_a_request) {
  auto reader = typed_messages{
    on<shop::Cancel>([this](const shop::Cancel& x, const received& from) {
      ids.push_back(x.id());
      BOOST_TEST(from.payload.size() == 1u);
      auto reply = reply_to(from.message, cancel(6).frames);
      BOOST_TEST(payload_of(reply).size() == 2u);
    })};
  reader.requests();
  auto request = cancel(5);
  request.frames.insert(request.frames.begin(), 2, buffer{});
  request.frames.front() = buffer::copy_of("number");
  BOOST_TEST(reader(request));
  BOOST_TEST(reader(cancel(7)));
  BOOST_TEST(ids == (std::vector<std::uint64_t>{5, 7}));
}

BOOST_AUTO_TEST_CASE(shares_its_counters_with_its_copies) {
  auto copy = messages;
  copy(order());
  BOOST_TEST(messages.counters().accepted == 1u);
}

BOOST_AUTO_TEST_CASE(takes_handlers_that_cannot_be_copied) {
  auto reader = typed_messages{on<shop::Cancel>(
    [count = std::make_unique<int>(0)](const shop::Cancel&) { ++*count; })};
  BOOST_TEST(reader(cancel(1)));
}

BOOST_AUTO_TEST_CASE(counts_what_it_drops_by_reason) {
  BOOST_TEST((refusal({}) == ec::bad_frames));
  BOOST_TEST((refusal(of(buffer::copy_of("ORD1"))) == ec::bad_frames));
  BOOST_TEST(
    (refusal(of(buffer::copy_of("....ORD2"))) == ec::unexpected_message));
  BOOST_TEST((refusal(of(buffer::copy_of("....CAN1" + std::string(64, '.'))))
              == ec::too_large));
  BOOST_TEST((refusal(of(buffer::copy_of("....CAN1"))) == ec::bad_envelope));
  FlatBufferBuilder builder;
  auto side = static_cast<shop::Side>(9);
  BOOST_TEST((refusal(pack(builder, shop::CreateOrder(builder, side)))
              == ec::bad_value));
  auto& counters = messages.counters();
  BOOST_TEST(counters.no_table == 2u);
  BOOST_TEST(counters.unknown_table == 1u);
  BOOST_TEST(counters.too_large == 1u);
  BOOST_TEST(counters.broken == 1u);
  BOOST_TEST(counters.invalid == 1u);
  BOOST_TEST(counters.dropped() == 6u);
  BOOST_TEST(counters.accepted == 0u);
}

BOOST_AUTO_TEST_CASE(explains_a_flaw_that_is_gone_by_then) {
  FlatBufferBuilder builder;
  auto message = pack(builder, shop::CreateLine(builder));
  auto& bytes = message.frames.front();
  auto handler = on<shop::Line>([](const shop::Line&) {});
  table_traits<shop::Line>::calls = 0;
  BOOST_TEST((handler.handle({0, message, bytes, {}}) == ec::bad_value));
  BOOST_TEST(handler.explain(ec::bad_value, bytes) == "a value makes no sense");
  BOOST_TEST(handler.explain(ec::bad_value, bytes) == "it is odd");
}

BOOST_AUTO_TEST_CASE(reads_a_message_at_a_crooked_address) {
  auto straight = order(8);
  for (auto shift = 1u; shift < 8; ++shift)
    BOOST_TEST(messages(of(crooked(straight.frames.front(), shift))));
  BOOST_TEST(messages.counters().realigned == 7u);
  for (auto& bytes : kept)
    BOOST_TEST(is_aligned(bytes));
}

BOOST_AUTO_TEST_CASE(drops_numbers_that_are_not_aligned) {
  // The lower half of this double is the number 1: an offset that is 4 too
  // large finds a vector of one element there, and FlatBuffers verifies that.
  auto tiny = std::numeric_limits<double>::denorm_min();
  auto bytes = order(1, {tiny, tiny}).frames.front();
  auto found = 0;
  for (auto at = 0u; at + 4 <= bytes.size(); at += 4) {
    auto moved = std::vector(bytes.bytes().begin(), bytes.bytes().end());
    moved[at] = std::byte(std::to_integer<int>(moved[at]) + 4);
    auto copy = buffer::copy_of(moved);
    if (verifies<shop::Order>(copy, "ORD1", {})
        && !is_aligned(shop::GetOrder(copy.data())->weights())) {
      BOOST_TEST((refusal(of(copy)) == ec::bad_value));
      ++found;
    }
  }
  BOOST_TEST(found == 1);
}

BOOST_AUTO_TEST_CASE(drops_bombs_before_they_cost_much) {
  BOOST_TEST((refusal(bomb(60'000, 60'000)) == ec::bad_envelope));
  BOOST_TEST((refusal(bomb(8'000, 8'000)) == ec::bad_envelope));
  BOOST_TEST((refusal(bomb(300'000, 1)) == ec::too_large));
  // At most, the verifier sees 16 MiB of offsets, however they are shared out.
  for (auto strings : {std::size_t{16'000}, std::size_t{250'000}}) {
    auto size = bomb(1, strings).size_bytes();
    auto most = (std::size_t{16} << 20) / size;
    BOOST_TEST((refusal(bomb(most / 2, strings)) == ec{}));
    BOOST_TEST((refusal(bomb(most, strings)) == ec::bad_envelope));
  }
}

BOOST_AUTO_TEST_CASE(drops_what_is_nested_too_deep) {
  BOOST_TEST((refusal(nested(15)) == ec{}));
  BOOST_TEST((refusal(nested(16)) == ec::bad_envelope));
  BOOST_TEST((refusal(nested(1000)) == ec::bad_envelope));
}

BOOST_AUTO_TEST_CASE(survives_truncation_at_every_byte) {
  auto bytes = order().frames.front();
  for (auto size = std::size_t{0}; size < bytes.size(); ++size) {
    // A copy of the exact size, so that a sanitizer sees reads beyond it.
    messages(of(buffer::copy_of(bytes.bytes().first(size))));
  }
  auto& counters = messages.counters();
  BOOST_TEST(counters.accepted + counters.dropped() == bytes.size());
  BOOST_TEST(counters.broken > bytes.size() / 2);
}

BOOST_AUTO_TEST_CASE(survives_each_flipped_bit) {
  auto bytes = order().frames.front();
  std::vector<std::byte> copy(bytes.size());
  for (auto bit = std::size_t{0}; bit < 8 * bytes.size(); ++bit) {
    std::memcpy(copy.data(), bytes.data(), bytes.size());
    copy[bit / 8] ^= std::byte(1 << bit % 8);
    messages(of(buffer::copy_of(copy)));
  }
  auto& counters = messages.counters();
  BOOST_TEST(counters.accepted + counters.dropped() == 8 * bytes.size());
  BOOST_TEST(counters.unknown_table == 32u);
  BOOST_TEST(counters.broken > 100u);
}

BOOST_AUTO_TEST_CASE(survives_garbage_behind_an_identifier) {
  std::mt19937 random{42};
  for (auto round = 0; round < 2000; ++round) {
    std::vector<std::uint8_t> bytes(8 + random() % 300);
    for (auto& x : bytes)
      x = static_cast<std::uint8_t>(random() % (round % 2 == 0 ? 256 : 24));
    std::memcpy(bytes.data() + 4, round % 3 == 0 ? "CAN1" : "ORD1", 4);
    messages(of(buffer::adopt(std::move(bytes))));
  }
  BOOST_TEST(messages.counters().unknown_table == 0u);
  BOOST_TEST(messages.counters().dropped() > 1900u);
}

BOOST_AUTO_TEST_CASE(packs_a_table_without_a_copy) {
  FlatBufferBuilder builder;
  auto root = shop::CreateCancel(builder, 9);
  auto address = builder.GetCurrentBufferPointer();
  auto message = pack(builder, root);
  auto& bytes = message.frames.front();
  auto begin = reinterpret_cast<const std::uint8_t*>(bytes.data());
  BOOST_TEST((begin < address && address < begin + bytes.size()));
  BOOST_TEST(builder.GetSize() == 0u);
}

BOOST_AUTO_TEST_CASE(views_one_table) {
  auto view = as_table<shop::Cancel>(cancel(9).frames.front());
  BOOST_REQUIRE(view);
  BOOST_TEST((*view)->id() == 9u);
  auto other = as_table<shop::Order>(cancel(9).frames.front());
  BOOST_TEST((!other && other.error() == ec::bad_envelope));
  FlatBufferBuilder builder;
  auto side = static_cast<shop::Side>(9);
  auto senseless = pack(builder, shop::CreateOrder(builder, side));
  auto invalid = as_table<shop::Order>(senseless.frames.front());
  BOOST_TEST((!invalid && invalid.error() == ec::bad_value));
}

BOOST_AUTO_TEST_CASE(reads_what_an_actor_gets_from_its_socket) {
  test::bridge_fixture bridge;
  auto router = bridge.open_router();
  auto dealer = bridge.open_dealer(router.endpoints.front());
  // The shop answers each order with a cancellation.
  auto shop = bridge.sys.spawn([router](caf::event_based_actor* self) {
    auto orders = typed_messages{
      on<shop::Order>([=](const shop::Order& x, const received& from) {
        FlatBufferBuilder builder;
        auto answer = pack(builder, shop::CreateCancel(builder, x.id()));
        answer.peer = from.message.peer;
        self->send(router.handle, outgoing{{std::move(answer)}});
      })};
    return caf::behavior{[=](const delivery& x) { orders(x); }};
  });
  caf::anon_send(router.handle, atom::attach_v,
                 caf::actor_cast<socket_owner_actor>(shop));
  test::owner customer{bridge.sys};
  customer.attach(dealer.handle);
  customer.send(dealer.handle, test::message({"no table"}));
  customer.send(dealer.handle, order(11));
  BOOST_TEST(messages(customer.take()));
  BOOST_TEST(ids == std::vector<std::uint64_t>{11});
}

BOOST_AUTO_TEST_SUITE_END()
