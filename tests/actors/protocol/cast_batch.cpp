// SPDX-License-Identifier: BSL-1.0
#include "troupe/protocol/cast_batch.hpp"

#include <boost/test/unit_test.hpp>

#include <cstring>
#include <random>
#include <string_view>

using namespace troupe;

namespace {

using ids = std::vector<std::uint32_t>;

wire::CastEntry entry(std::uint64_t id, std::uint32_t item_size = 0) {
  return {id, 5, 6, 0, 0, 0, 0, item_size, 0, 0, 0, 1, 0, 0};
}

std::span<const std::byte> bytes(std::string_view text) {
  return std::as_bytes(std::span{text});
}

/// Two calls of the same engines, and one of others.
multipart sample() {
  auto frame = buffer::copy_of("frame");
  cast_batch_builder builder;
  builder.add(entry(1), bytes("one"), {}, ids{3, 4, 5});
  builder.add(entry(4, 8), bytes("two"), {&frame, 1}, ids{3, 4, 5});
  builder.add(entry(7), {}, {}, ids{9});
  return builder.finish();
}

message_view view_of(multipart message) {
  auto result = message_view::make(std::move(message));
  BOOST_REQUIRE(result);
  return std::move(*result);
}

} // namespace

BOOST_AUTO_TEST_SUITE(cast_batch_suite)

BOOST_AUTO_TEST_CASE(calls_come_out_as_they_went_in) {
  auto message = view_of(sample());
  auto batch = read_casts(message);
  BOOST_REQUIRE(batch);
  BOOST_REQUIRE(batch->entries.size() == 3u);
  auto& x = batch->entries[1];
  BOOST_TEST(x.id() == 4u);
  BOOST_TEST(x.function() == 5u);
  BOOST_TEST(x.signature() == 6u);
  BOOST_TEST(x.item_size() == 8u);
  BOOST_TEST(x.flags() == 1u);
  BOOST_TEST(x.engines() == 3u);
  BOOST_TEST(x.offset() % 8 == 0u);
  BOOST_TEST((batch->engine(x, 2) == engine_id{5}));
  BOOST_TEST((batch->engine(batch->entries[2], 0) == engine_id{9}));
  BOOST_TEST(std::memcmp(batch->bytes_of(x).data(), "two", 3) == 0);
  BOOST_TEST(batch->frames_of(x).front().text() == "frame");
}

BOOST_AUTO_TEST_CASE(calls_of_the_same_engines_share_their_numbers) {
  auto message = view_of(sample());
  BOOST_TEST(read_casts(message)->engines->size() == 4u);
}

BOOST_AUTO_TEST_CASE(a_message_takes_a_limited_number_of_calls) {
  cast_batch_builder builder;
  BOOST_TEST(builder.takes(std::size_t{1} << 30, 5000, 1));
  std::size_t count = 0;
  for (; builder.takes(8, 0, 0); ++count)
    builder.add(entry(count + 1), bytes("12345678"), {}, ids{0});
  BOOST_TEST(count == limits::batch_tasks);
  BOOST_TEST(read_casts(view_of(builder.finish()))->entries.size() == count);
  BOOST_TEST(builder.empty());
}

BOOST_AUTO_TEST_CASE(refuses_calls_of_nobody_and_ranges_that_are_not_there) {
  cast_batch_builder builder;
  builder.add(entry(1), {}, {}, {});
  auto nobody = view_of(builder.finish());
  BOOST_CHECK(read_casts(nobody).error() == ec::bad_range);
  auto message = sample();
  message.frames.pop_back();
  auto incomplete = view_of(std::move(message));
  BOOST_CHECK(read_casts(incomplete).error() == ec::bad_range);
  auto other = view_of(multipart{pack_ready()});
  BOOST_CHECK(read_casts(other).error() == ec::unexpected_message);
}

BOOST_AUTO_TEST_CASE(broken_bytes_do_no_harm) {
  std::mt19937 random{7};
  auto original = sample();
  std::size_t good = 0, sum = 0;
  for (auto i = 0; i < 20000; ++i) {
    std::vector<std::byte> broken{original.frames[0].bytes().begin(),
                                  original.frames[0].bytes().end()};
    for (auto n = random() % 3; n < 3; ++n)
      broken[random() % broken.size()] = std::byte(random());
    auto message = original;
    message.frames[0] = buffer::adopt(std::move(broken));
    auto view = message_view::make(std::move(message));
    if (!view)
      continue;
    auto batch = read_casts(*view);
    if (!batch)
      continue;
    ++good;
    for (auto& x : batch->entries) {
      for (auto y : batch->bytes_of(x))
        sum += std::to_integer<std::size_t>(y);
      for (std::uint32_t k = 0; k < x.engines(); ++k)
        sum += value(batch->engine(x, k));
    }
  }
  BOOST_TEST(good > 0u);
  BOOST_TEST(sum > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
