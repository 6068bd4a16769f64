// SPDX-License-Identifier: BSL-1.0

#include "troupe/codec/codec.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <random>

using namespace troupe;

namespace {

enum class color : std::uint8_t { red = 1, blue = 7 };

enum class choice : bool { no, yes };

/// A user's type with a payload.
struct image {
  std::uint32_t width = 0;
  buffer pixels;
};

struct no_codec {};

} // namespace

template <>
struct troupe::codec<image> {
  static std::string type() {
    return "test.image/1";
  }

  static void encode(encoder& out, const image& x) {
    out.scalar(x.width);
    out.bytes(x.pixels);
  }

  static image decode(decoder& in) {
    auto width = in.scalar<std::uint32_t>();
    return {width, in.shared_bytes()};
  }
};

namespace {

// -- what can travel ----------------------------------------------------------

static_assert(encodable<int> && encodable<bool> && encodable<color>);
static_assert(encodable<std::string> && encodable<std::string_view>);
static_assert(encodable<buffer> && encodable<array<float>>);
static_assert(encodable<std::span<const double>>);
static_assert(encodable<std::vector<std::vector<std::string>>>);
static_assert(encodable<std::vector<image>>);
static_assert(encodable<std::optional<std::tuple<int, image>>>);
static_assert(!encodable<no_codec> && !encodable<long double>);
static_assert(!encodable<int*> && !encodable<const char*>);
static_assert(!encodable<std::span<double>>);
static_assert(!encodable<std::unique_ptr<int>>);
static_assert(!encodable<std::vector<no_codec>>);
static_assert(!encodable<std::optional<int*>>);
static_assert(!encodable<std::tuple<int, std::vector<no_codec>>>);
static_assert(!encodable<std::pair<no_codec, int>>);
static_assert(!wire_number<bool> && !wire_number<choice>);
static_assert(wire_number<std::byte> && wire_number<color>);

// -- helpers ------------------------------------------------------------------

/// What an encoder wrote.
struct encoded {
  std::vector<std::byte> arena;
  std::vector<buffer> frames;
};

template <class T, class X>
encoded encode(X&& x) {
  encoded result;
  encoder out{result.arena, result.frames};
  codec<T>::encode(out, std::forward<X>(x));
  return result;
}

/// Writes `x` as a `T` and reads it back as a `U`. Nothing may be left.
template <class T, class U = T>
U round_trip(const T& x) {
  auto written = encode<T>(x);
  decoder in{written.arena, written.frames};
  auto result = codec<U>::decode(in);
  BOOST_TEST(in.finished());
  return result;
}

template <class T>
void check_round_trip(const T& x) {
  BOOST_TEST((round_trip(x) == x), "round trip of " << codec<T>::type());
}

std::vector<double> numbers(std::size_t n) {
  std::vector<double> result(n);
  for (std::size_t i = 0; i < n; ++i)
    result[i] = 0.5 * static_cast<double>(i);
  return result;
}

/// The number of doubles that no longer lie in the arena.
constexpr auto many = limits::inline_bytes / sizeof(double) + 1;

buffer text_buffer(std::size_t size) {
  return buffer::adopt(std::string(size, 'x'));
}

/// Reads all cuts of what was written: none may be read outside (which ASan
/// watches), and none may pass.
template <class T>
void check_truncation(const T& x) {
  auto written = encode<T>(x);
  for (std::size_t size = 0; size < written.arena.size(); ++size) {
    // An allocation of exactly this size, so that ASan sees the first byte
    // behind it.
    std::vector<std::byte> cut(written.arena.begin(),
                               written.arena.begin()
                                 + static_cast<std::ptrdiff_t>(size));
    decoder in{cut, written.frames};
    codec<T>::decode(in);
    BOOST_TEST(!in.finished(), "cut to " << size << " bytes");
  }
  if (!written.frames.empty()) {
    auto frames = std::span{written.frames};
    decoder in{written.arena, frames.first(frames.size() - 1)};
    codec<T>::decode(in);
    BOOST_TEST(in.failed());
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(codec_suite)

// -- round trips --------------------------------------------------------------

BOOST_AUTO_TEST_CASE(scalars_survive) {
  check_round_trip(std::int8_t{-128});
  check_round_trip(std::uint16_t{65535});
  check_round_trip(std::numeric_limits<std::int64_t>::min());
  check_round_trip(std::numeric_limits<std::uint64_t>::max());
  check_round_trip('x');
  check_round_trip(1.5f);
  check_round_trip(std::numeric_limits<double>::denorm_min());
  check_round_trip(-std::numeric_limits<double>::infinity());
  BOOST_TEST(std::isnan(round_trip(std::nan(""))));
  BOOST_TEST(std::signbit(round_trip(-0.0)));
  check_round_trip(true);
  check_round_trip(false);
  check_round_trip(color::blue);
  check_round_trip(choice::yes);
}

BOOST_AUTO_TEST_CASE(any_byte_but_zero_is_true) {
  std::vector<std::byte> arena{std::byte{2}, std::byte{255}, std::byte{0}};
  decoder in{arena, {}};
  BOOST_TEST(codec<bool>::decode(in) == true);
  BOOST_TEST((codec<choice>::decode(in) == choice::yes));
  BOOST_TEST(codec<bool>::decode(in) == false);
  BOOST_TEST(in.finished());
}

BOOST_AUTO_TEST_CASE(strings_survive) {
  check_round_trip(std::string{});
  check_round_trip(std::string{"hello"});
  check_round_trip(std::string{"zero\0inside", 11});
  check_round_trip(std::string(limits::inline_bytes, 'a'));
  check_round_trip(std::string(limits::inline_bytes + 1, 'b'));
  check_round_trip(std::string(100'000, 'c'));
}

BOOST_AUTO_TEST_CASE(runs_of_numbers_survive) {
  check_round_trip(std::vector<double>{});
  check_round_trip(numbers(3));
  check_round_trip(numbers(many - 1));
  check_round_trip(numbers(many));
  check_round_trip(std::vector<std::uint8_t>(5000, 9));
  check_round_trip(std::vector<std::byte>(2000, std::byte{3}));
  check_round_trip(std::vector<color>{color::red, color::blue});
}

BOOST_AUTO_TEST_CASE(containers_survive) {
  check_round_trip(std::vector<std::string>{});
  check_round_trip(
    std::vector<std::string>{"", "short", std::string(3000, 'x')});
  check_round_trip(
    std::vector<std::vector<double>>{numbers(2), {}, numbers(many)});
  check_round_trip(std::vector<bool>{true, false, true, true});
  check_round_trip(std::vector<choice>{choice::no, choice::yes});
  check_round_trip(std::tuple<int, std::string, bool>{1, "two", true});
  check_round_trip(std::tuple<>{});
  check_round_trip(std::tuple<std::tuple<int>>{std::tuple<int>{4}});
  check_round_trip(std::pair<std::string, double>{"pi", 3.14});
  check_round_trip(std::optional<int>{});
  check_round_trip(std::optional<int>{7});
  check_round_trip(std::optional<std::optional<int>>{std::optional<int>{}});
  check_round_trip(
    std::vector<std::optional<std::string>>{"a", std::nullopt, "b"});
}

BOOST_AUTO_TEST_CASE(a_type_of_the_users_survives) {
  for (auto size : {std::size_t{10}, std::size_t{10'000}}) {
    auto copy = round_trip(image{640, text_buffer(size)});
    BOOST_TEST(copy.width == 640u);
    BOOST_TEST(copy.pixels.text() == text_buffer(size).text());
  }
}

BOOST_AUTO_TEST_CASE(more_strings_than_frames_survive) {
  std::vector<std::string> xs(encoder::max_frames + 10,
                              std::string(limits::inline_bytes + 1, 'x'));
  xs.back() = std::string(5000, 'y');
  auto written = encode<std::vector<std::string>>(xs);
  BOOST_TEST(written.frames.size() == encoder::max_frames);
  check_round_trip(xs);
}

// -- without copies -----------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_large_array_travels_by_reference) {
  auto xs = array<double>{numbers(many)};
  auto written = encode<array<double>>(xs);
  BOOST_TEST(written.arena.size() == 8u);
  BOOST_REQUIRE(written.frames.size() == 1u);
  BOOST_TEST(written.frames[0].data() == xs.bytes().data());
}

BOOST_AUTO_TEST_CASE(a_moved_vector_or_string_travels_without_a_copy) {
  auto xs = numbers(many);
  auto address = static_cast<const void*>(xs.data());
  auto written = encode<std::vector<double>>(std::move(xs));
  BOOST_TEST(written.frames.at(0).data() == address);
  auto text = std::string(5000, 'x');
  address = text.data();
  written = encode<std::string>(std::move(text));
  BOOST_TEST(written.frames.at(0).data() == address);
}

BOOST_AUTO_TEST_CASE(moved_containers_hand_over_their_elements) {
  std::vector<std::vector<double>> rows{numbers(many), numbers(many)};
  auto address = static_cast<const void*>(rows[1].data());
  auto written = encode<std::vector<std::vector<double>>>(std::move(rows));
  BOOST_TEST(written.frames.at(1).data() == address);
  std::optional<std::string> text{std::string(5000, 'x')};
  address = text->data();
  written = encode<std::optional<std::string>>(std::move(text));
  BOOST_TEST(written.frames.at(0).data() == address);
  std::pair<int, std::vector<double>> entry{1, numbers(many)};
  address = entry.second.data();
  written = encode<std::pair<int, std::vector<double>>>(std::move(entry));
  BOOST_TEST(written.frames.at(0).data() == address);
  std::tuple<std::vector<double>> row{numbers(many)};
  address = std::get<0>(row).data();
  written = encode<std::tuple<std::vector<double>>>(std::move(row));
  BOOST_TEST(written.frames.at(0).data() == address);
}

BOOST_AUTO_TEST_CASE(a_kept_vector_is_copied_once) {
  const auto xs = numbers(many);
  auto written = encode<std::vector<double>>(xs);
  BOOST_REQUIRE(written.frames.size() == 1u);
  BOOST_TEST(written.frames[0].data() != static_cast<const void*>(xs.data()));
}

BOOST_AUTO_TEST_CASE(views_show_the_frame_in_place) {
  auto written = encode<std::vector<double>>(numbers(many));
  auto address = static_cast<const void*>(written.frames[0].data());
  {
    decoder in{written.arena, written.frames};
    auto xs = codec<std::span<const double>>::decode(in);
    BOOST_TEST(xs.data() == address);
    BOOST_TEST(xs.size() == many);
  }
  {
    decoder in{written.arena, written.frames};
    auto xs = codec<array<double>>::decode(in);
    BOOST_TEST(xs.data() == address);
    BOOST_TEST(xs.size() == many);
  }
}

BOOST_AUTO_TEST_CASE(a_small_array_shares_an_arena_with_an_owner) {
  auto written = encode<array<double>>(array<double>{numbers(4)});
  auto owner = buffer::adopt(std::move(written.arena));
  {
    decoder in{owner.bytes(), {}, &owner};
    auto xs = codec<array<double>>::decode(in);
    BOOST_TEST(xs.data() == static_cast<const void*>(owner.data() + 8));
    BOOST_TEST(xs[3] == 1.5);
  }
  decoder in{owner.bytes(), {}};
  auto xs = codec<array<double>>::decode(in);
  BOOST_TEST(xs.data() != static_cast<const void*>(owner.data() + 8));
  BOOST_TEST(xs[3] == 1.5);
}

BOOST_AUTO_TEST_CASE(misaligned_numbers_are_copied_to_where_they_fit) {
  std::tuple<bool, std::vector<double>, std::vector<double>> xs{
    true, numbers(3), numbers(5)};
  auto written = encode<decltype(xs)>(xs);
  decoder in{written.arena, written.frames};
  auto [flag, first,
        second] = codec<std::tuple<bool, std::span<const double>,
                                   std::span<const double>>>::decode(in);
  BOOST_TEST(in.finished());
  BOOST_TEST(reinterpret_cast<std::uintptr_t>(first.data()) % 8 == 0u);
  BOOST_TEST(first[2] == 1.0);
  BOOST_TEST(second[4] == 2.0);
}

// -- one form for vectors, spans and arrays -----------------------------------

BOOST_AUTO_TEST_CASE(vectors_spans_and_arrays_have_one_form) {
  auto xs = numbers(3);
  auto view = std::span<const double>{xs};
  auto form = encode<std::vector<double>>(xs).arena;
  BOOST_TEST((encode<std::span<const double>>(view).arena == form));
  BOOST_TEST((encode<array<double>>(array<double>{view}).arena == form));
  BOOST_TEST(codec<std::vector<double>>::type() == "[f64]");
  BOOST_TEST(codec<std::span<const double>>::type() == "[f64]");
  BOOST_TEST(codec<array<double>>::type() == "[f64]");
}

BOOST_AUTO_TEST_CASE(strings_and_string_views_have_one_form) {
  BOOST_TEST((encode<std::string>("abc").arena
              == encode<std::string_view>(std::string_view{"abc"}).arena));
  BOOST_TEST(codec<std::string_view>::type() == codec<std::string>::type());
}

BOOST_AUTO_TEST_CASE(enumerators_travel_like_their_numbers) {
  BOOST_TEST(codec<std::vector<color>>::type() == "[u8]");
  std::vector<color> xs{color::red, color::blue};
  BOOST_TEST((round_trip<std::vector<color>, std::vector<std::uint8_t>>(xs)
              == std::vector<std::uint8_t>{1, 7}));
  BOOST_TEST(codec<std::vector<choice>>::type() == "[bool]");
  std::vector<choice> ys{choice::yes, choice::no};
  BOOST_TEST((round_trip<std::vector<choice>, std::vector<bool>>(ys)
              == std::vector<bool>{true, false}));
}

BOOST_AUTO_TEST_CASE(types_have_readable_names) {
  using nested =
    std::tuple<std::vector<std::optional<std::string>>, bool, buffer>;
  BOOST_TEST(codec<nested>::type() == "([string?], bool, bytes)");
  BOOST_TEST(codec<std::int32_t>::type() == "i32");
  BOOST_TEST(codec<std::uint64_t>::type() == "u64");
  BOOST_TEST(codec<float>::type() == "f32");
  BOOST_TEST((codec<std::pair<int, image>>::type() == "(i32, test.image/1)"));
  BOOST_TEST(codec<std::tuple<>>::type() == "()");
}

// -- broken bytes -------------------------------------------------------------

BOOST_AUTO_TEST_CASE(truncated_bytes_are_noticed) {
  check_truncation(std::uint64_t{1});
  check_truncation(std::string{"hello"});
  check_truncation(std::string(3000, 'x'));
  check_truncation(numbers(5));
  check_truncation(std::vector<std::string>{"one", "two", ""});
  check_truncation(std::vector<std::vector<double>>{numbers(2), numbers(many)});
  check_truncation(std::tuple<int, std::string>{1, "two"});
  check_truncation(std::optional<double>{1.0});
  check_truncation(std::vector<bool>{true, false});
  check_truncation(image{1, text_buffer(20)});
  check_truncation(array<double>{numbers(4)});
}

BOOST_AUTO_TEST_CASE(what_is_left_is_noticed) {
  auto written = encode<std::string>(std::string{"x"});
  written.arena.push_back(std::byte{});
  decoder in{written.arena, {}};
  codec<std::string>::decode(in);
  BOOST_TEST(!in.failed());
  BOOST_TEST(!in.finished());
}

BOOST_AUTO_TEST_CASE(a_frame_too_many_is_noticed) {
  auto written = encode<int>(1);
  written.frames.push_back(text_buffer(1));
  decoder in{written.arena, written.frames};
  codec<int>::decode(in);
  BOOST_TEST(!in.finished());
}

BOOST_AUTO_TEST_CASE(a_frame_of_another_size_is_refused) {
  auto written = encode<std::string>(std::string(3000, 'x'));
  for (auto size : {2999, 3001, 0}) {
    std::vector<buffer> frames{text_buffer(static_cast<std::size_t>(size))};
    decoder in{written.arena, frames};
    BOOST_TEST(codec<std::string>::decode(in).empty());
    BOOST_TEST(in.failed());
  }
}

BOOST_AUTO_TEST_CASE(huge_counts_reserve_nothing) {
  for (auto count : {std::uint64_t{1} << 40, ~std::uint64_t{0}}) {
    encoded written;
    encoder out{written.arena, written.frames};
    out.scalar(count);
    {
      decoder in{written.arena, {}};
      BOOST_TEST(codec<std::vector<std::string>>::decode(in).capacity() == 0u);
      BOOST_TEST(in.failed());
    }
    decoder in{written.arena, {}};
    BOOST_TEST(codec<std::vector<double>>::decode(in).capacity() == 0u);
    BOOST_TEST(in.failed());
  }
}

BOOST_AUTO_TEST_CASE(a_count_is_believed_only_as_far_as_it_is_cheap) {
  encoded written;
  encoder out{written.arena, written.frames};
  out.scalar(std::uint64_t{1} << 20);
  written.arena.resize(8 + (std::size_t{1} << 20), std::byte{0xFF});
  decoder in{written.arena, {}};
  auto xs = codec<std::vector<std::string>>::decode(in);
  BOOST_TEST(in.failed());
  BOOST_TEST(xs.capacity() <= 1024u);
}

BOOST_AUTO_TEST_CASE(incomplete_numbers_are_refused) {
  auto written = encode<std::string>(std::string{"12345"});
  auto refuses = [&](auto read) {
    decoder in{written.arena, {}};
    BOOST_TEST(read(in).empty());
    BOOST_TEST(!in.finished());
  };
  refuses([](auto& in) { return codec<std::vector<double>>::decode(in); });
  refuses([](auto& in) { return codec<std::span<const int>>::decode(in); });
  refuses([](auto& in) { return codec<array<short>>::decode(in); });
}

BOOST_AUTO_TEST_CASE(nothing_is_read_behind_a_failure) {
  auto written = encode<std::tuple<int, int>>(std::tuple{1, 2});
  decoder in{written.arena, {}};
  in.fail();
  BOOST_TEST(in.scalar<int>() == 0);
  BOOST_TEST(in.count() == 0u);
  BOOST_TEST(in.bytes().empty());
  BOOST_TEST(in.shared_bytes().empty());
}

// -- properties ---------------------------------------------------------------

using anything =
  std::tuple<std::vector<std::string>, std::optional<std::vector<double>>,
             std::vector<std::pair<bool, std::int16_t>>, std::string>;

anything random_value(std::mt19937& random) {
  auto below = [&](std::size_t n) { return random() % n; };
  anything result;
  auto& [texts, row, pairs, text] = result;
  for (auto n = below(5); n > 0; --n)
    texts.emplace_back(below(2000), static_cast<char>('a' + below(26)));
  if (below(2) == 0)
    row = numbers(below(2 * many));
  for (auto n = below(9); n > 0; --n)
    pairs.emplace_back(below(2) == 0, static_cast<std::int16_t>(random()));
  text.assign(below(1500), 'z');
  return result;
}

BOOST_AUTO_TEST_CASE(random_values_survive) {
  std::mt19937 random{1};
  for (auto round = 0; round < 500; ++round) {
    auto x = random_value(random);
    BOOST_TEST((round_trip(x) == x));
  }
}

BOOST_AUTO_TEST_CASE(random_damage_is_survived) {
  std::mt19937 random{2};
  for (auto round = 0; round < 3000; ++round) {
    auto written = encode<anything>(random_value(random));
    for (auto hits = 1 + random() % 4; hits > 0; --hits)
      written.arena[random() % written.arena.size()] =
        static_cast<std::byte>(random());
    if (random() % 4 == 0)
      written.arena.resize(random() % written.arena.size());
    decoder in{written.arena, written.frames};
    codec<anything>::decode(in); // sanitizers see what it reads
  }
}

BOOST_AUTO_TEST_SUITE_END()
