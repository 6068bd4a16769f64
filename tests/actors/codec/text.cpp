// SPDX-License-Identifier: BSL-1.0

#include "troupe/codec/text.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <limits>
#include <random>

using namespace troupe;

namespace {

static_assert(textual<int> && textual<double> && textual<bool>);
static_assert(textual<std::string> && textual<std::string_view>);
static_assert(textual<void>);
static_assert(!textual<char32_t> && !textual<wchar_t>);
static_assert(!textual<long double> && !textual<int*>);

/// Returns `text` as a `T`, or `otherwise` if it is none.
template <class T>
T read(std::string_view text, T otherwise) {
  T result{};
  return from_text(text, result) ? result : otherwise;
}

template <class T>
void check_round_trip(T x) {
  BOOST_TEST((read<T>(to_text(x), T{}) == x), to_text(x));
}

} // namespace

BOOST_AUTO_TEST_SUITE(text_suite)

BOOST_AUTO_TEST_CASE(reads_numbers) {
  BOOST_TEST(read("42", 0) == 42);
  BOOST_TEST(read("-7", 0) == -7);
  BOOST_TEST(read("1e3", 0.0) == 1000.0);
  BOOST_TEST(read("-0.25", 0.0) == -0.25);
  BOOST_TEST(read<std::uint8_t>("255", 0) == 255);
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_number) {
  for (auto text : {"", " 1", "1 ", "one", "1.5", "0x10", "99999999999"})
    BOOST_TEST(read(text, -1) == -1, text);
  BOOST_TEST(read<std::uint8_t>("256", 1) == 1);
  BOOST_TEST(read<std::uint8_t>("-1", 1) == 1);
  BOOST_TEST(read("1.5x", -1.0) == -1.0);
}

BOOST_AUTO_TEST_CASE(reads_booleans) {
  BOOST_TEST(read("true", false) == true);
  BOOST_TEST(read("1", false) == true);
  BOOST_TEST(read("false", true) == false);
  BOOST_TEST(read("0", true) == false);
  bool x = false;
  BOOST_TEST(!from_text("yes", x));
  BOOST_TEST(!from_text("", x));
}

BOOST_AUTO_TEST_CASE(takes_strings_as_they_are) {
  BOOST_TEST(read<std::string>(" a b ", "") == " a b ");
  BOOST_TEST(read<std::string_view>("", "x") == "");
  BOOST_TEST(to_text(std::string{"a b"}) == "a b");
}

BOOST_AUTO_TEST_CASE(writes_what_it_reads) {
  check_round_trip(true);
  check_round_trip(false);
  check_round_trip(std::numeric_limits<std::int64_t>::min());
  check_round_trip(std::numeric_limits<std::uint64_t>::max());
  check_round_trip(0.1);
  check_round_trip(std::numeric_limits<double>::denorm_min());
  check_round_trip(std::numeric_limits<double>::lowest());
  check_round_trip(std::numeric_limits<float>::max());
}

BOOST_AUTO_TEST_CASE(random_doubles_survive) {
  std::mt19937_64 random{3};
  std::uniform_real_distribution<double> distribution{-1e6, 1e6};
  for (auto round = 0; round < 1000; ++round)
    check_round_trip(distribution(random));
}

BOOST_AUTO_TEST_SUITE_END()
