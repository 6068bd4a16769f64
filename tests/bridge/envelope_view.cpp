// SPDX-License-Identifier: BSL-1.0

#include <troupe/envelope_view.hpp>
#include <troupe/wire/envelope_generated.h>

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <random>
#include <string>
#include <vector>

using namespace troupe;

namespace {

using view = envelope_view<wire::Envelope>;

buffer finish(flatbuffers::FlatBufferBuilder& builder,
              flatbuffers::Offset<wire::Hello> hello) {
  auto root = wire::CreateEnvelope(builder, wire::Body::Hello, hello.Union());
  wire::FinishEnvelopeBuffer(builder, root);
  return buffer::adopt(builder.Release());
}

/// A message with strings, scalars and a nested table.
buffer hello() {
  flatbuffers::FlatBufferBuilder builder;
  auto name = builder.CreateString("engine-1");
  auto host = builder.CreateString("node-7");
  auto entry = wire::FunctionEntry{1, 2, 0, 3, 4};
  auto entries = builder.CreateVectorOfStructs(&entry, 1);
  auto names = builder.CreateVector(std::vector<std::uint8_t>(7, 'f'));
  auto functions = wire::CreateFunctions(builder, entries, names);
  auto body = wire::CreateHello(builder, 1, wire::Role::Engine, name, 42, 4711,
                                host, functions);
  return finish(builder, body);
}

/// Reads everything, so that a sanitizer sees what verification let through.
std::size_t touch(const view& x) {
  auto sum = std::size_t{0};
  auto body = x->body_as_Hello();
  if (body == nullptr)
    return sum;
  for (auto text : {body->name(), body->host()})
    if (text != nullptr)
      for (auto c : text->string_view())
        sum += static_cast<unsigned char>(c);
  if (auto functions = body->functions()) {
    for (auto c : *functions->names())
      sum += c;
    if (auto entries = struct_span(functions->entries()))
      for (auto& entry : *entries)
        sum += entry.id() + entry.name_size();
  }
  return sum + body->incarnation() + body->pid() + body->version();
}

caf::error refusal(buffer bytes, verify_limits limits = {}) {
  auto x = view::make(std::move(bytes), wire::EnvelopeIdentifier(), limits);
  return x ? caf::error{} : x.error();
}

} // namespace

BOOST_AUTO_TEST_SUITE(envelope_view_suite)

BOOST_AUTO_TEST_CASE(shows_a_good_message_where_it_lies) {
  auto bytes = hello();
  auto x = view::make(bytes, wire::EnvelopeIdentifier());
  BOOST_REQUIRE(x);
  BOOST_TEST(((*x)->body_type() == wire::Body::Hello));
  auto body = (**x).body_as_Hello();
  BOOST_TEST(body->name()->str() == "engine-1");
  BOOST_TEST(body->incarnation() == 42u);
  BOOST_TEST(x->bytes().data() == bytes.data());
  BOOST_TEST(touch(*x) != 0u);
}

BOOST_AUTO_TEST_CASE(keeps_the_bytes_alive) {
  auto released = 0;
  auto original = hello();
  auto x = view::make(buffer::borrow(original.data(), original.size(),
                                     [&] { ++released; }),
                      wire::EnvelopeIdentifier());
  BOOST_REQUIRE(x);
  BOOST_TEST(released == 0);
  auto copy = *x;
  x = caf::error{};
  BOOST_TEST(released == 0);
  BOOST_TEST(touch(copy) != 0u);
}

BOOST_AUTO_TEST_CASE(refuses_garbage) {
  std::mt19937 random{42};
  BOOST_TEST((refusal({}) == ec::bad_envelope));
  for (auto round = 0; round < 2000; ++round) {
    std::vector<std::uint8_t> bytes(random() % 300);
    for (auto& x : bytes)
      x = static_cast<std::uint8_t>(random());
    if (bytes.size() >= 8 && round % 2 == 0)
      std::memcpy(bytes.data() + 4, wire::EnvelopeIdentifier(), 4);
    BOOST_TEST((refusal(buffer::adopt(std::move(bytes))) == ec::bad_envelope));
  }
}

BOOST_AUTO_TEST_CASE(refuses_or_survives_truncation_at_every_byte) {
  auto bytes = hello();
  for (auto size = std::size_t{0}; size < bytes.size(); ++size) {
    // A copy of the exact size, so that a sanitizer sees reads beyond it.
    auto cut = buffer::copy_of(bytes.bytes().first(size));
    if (auto x = view::make(cut, wire::EnvelopeIdentifier()))
      touch(*x);
    else
      BOOST_TEST((x.error() == ec::bad_envelope));
  }
  BOOST_TEST((refusal(bytes.slice(0, bytes.size() / 2)) == ec::bad_envelope));
}

BOOST_AUTO_TEST_CASE(refuses_or_survives_each_flipped_bit) {
  auto bytes = hello();
  std::vector<std::uint8_t> copy(bytes.size());
  auto refused = 0;
  for (auto bit = std::size_t{0}; bit < 8 * bytes.size(); ++bit) {
    std::memcpy(copy.data(), bytes.data(), bytes.size());
    copy[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    if (auto x = view::make(buffer::copy_of(std::as_bytes(std::span{copy})),
                            wire::EnvelopeIdentifier()))
      touch(*x);
    else
      ++refused;
  }
  BOOST_TEST(refused > 100);
}

BOOST_AUTO_TEST_CASE(refuses_another_identifier) {
  auto bytes = hello();
  auto x = view::make(bytes, "XXXX");
  BOOST_REQUIRE(!x);
  BOOST_TEST((x.error() == ec::bad_envelope));
}

BOOST_AUTO_TEST_CASE(copies_a_message_at_a_crooked_address) {
  auto bytes = hello();
  for (auto shift = std::size_t{1}; shift < 8; ++shift) {
    auto crooked =
      buffer::copy_of(std::string(shift, '-') + std::string{bytes.text()})
        .slice(shift, bytes.size());
    auto x = view::make(crooked, wire::EnvelopeIdentifier());
    BOOST_REQUIRE(x);
    auto address = reinterpret_cast<std::uintptr_t>(x->bytes().data());
    BOOST_TEST(address % 8 == 0u);
    BOOST_TEST(touch(*x) != 0u);
  }
}

BOOST_AUTO_TEST_CASE(refuses_messages_beyond_its_limits) {
  auto bytes = hello();
  verify_limits limits;
  limits.max_size = bytes.size();
  BOOST_TEST(!refusal(bytes, limits));
  limits.max_size = bytes.size() - 1;
  BOOST_TEST((refusal(bytes, limits) == ec::bad_envelope));
  limits = {};
  limits.max_tables = 3; // Envelope, Hello, Functions
  BOOST_TEST(!refusal(bytes, limits));
  limits.max_tables = 2;
  BOOST_TEST((refusal(bytes, limits) == ec::bad_envelope));
  limits = {};
  limits.max_depth = 2;
  BOOST_TEST((refusal(bytes, limits) == ec::bad_envelope));
}

BOOST_AUTO_TEST_CASE(finds_vectors_that_are_not_aligned) {
  alignas(8) std::uint8_t bytes[64] = {};
  using vector = flatbuffers::Vector<const wire::FunctionEntry*>;
  // The length word at 4 puts the elements at 8; at 8, it puts them at 12.
  auto good = reinterpret_cast<const vector*>(bytes + 4);
  bytes[4] = 1;
  auto span = struct_span(good);
  BOOST_REQUIRE(span);
  BOOST_TEST(span->size() == 1u);
  bytes[8] = 1;
  auto bad = struct_span(reinterpret_cast<const vector*>(bytes + 8));
  BOOST_REQUIRE(!bad);
  BOOST_TEST((bad.error() == ec::bad_envelope));
  bytes[8] = 0; // writers do not align a vector without elements
  auto empty = struct_span(reinterpret_cast<const vector*>(bytes + 8));
  BOOST_REQUIRE(empty);
  BOOST_TEST(empty->empty());
  auto missing = struct_span(static_cast<const vector*>(nullptr));
  BOOST_REQUIRE(missing);
  BOOST_TEST(missing->empty());
}

BOOST_AUTO_TEST_SUITE_END()
