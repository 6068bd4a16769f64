// SPDX-License-Identifier: BSL-1.0

#include "troupe/codec/array.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <numeric>

using namespace troupe;

namespace {

std::vector<int> count_to(int n) {
  std::vector<int> result(static_cast<std::size_t>(n));
  std::iota(result.begin(), result.end(), 1);
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(array_suite)

BOOST_AUTO_TEST_CASE(takes_over_a_vector_without_a_copy) {
  auto values = count_to(5);
  auto address = values.data();
  array<int> xs = std::move(values);
  BOOST_TEST(xs.data() == address);
  BOOST_TEST(xs.size() == 5u);
  BOOST_TEST(std::accumulate(xs.begin(), xs.end(), 0) == 15);
}

BOOST_AUTO_TEST_CASE(copies_a_span) {
  auto values = count_to(3);
  array<int> xs{std::span<const int>{values}};
  BOOST_TEST(xs.data() != values.data());
  BOOST_TEST(xs[2] == 3);
}

BOOST_AUTO_TEST_CASE(copies_share_their_memory) {
  array<int> xs{count_to(3)};
  auto ys = xs;
  xs = array<int>{};
  BOOST_TEST(xs.empty());
  BOOST_TEST(ys[0] == 1);
}

BOOST_AUTO_TEST_CASE(shows_aligned_bytes_in_place) {
  auto bytes = buffer::adopt(count_to(4));
  array<int> xs{bytes};
  BOOST_TEST(static_cast<const void*>(xs.data()) == bytes.data());
}

BOOST_AUTO_TEST_CASE(copies_misaligned_bytes) {
  auto bytes = buffer::adopt(count_to(4)).slice(2, 12);
  array<int> xs{bytes};
  BOOST_TEST(static_cast<const void*>(xs.data()) != bytes.data());
  BOOST_TEST(reinterpret_cast<std::uintptr_t>(xs.data()) % alignof(int) == 0u);
  BOOST_TEST(xs.size() == 3u);
}

BOOST_AUTO_TEST_CASE(cuts_an_incomplete_number_off) {
  BOOST_TEST(array<int>{buffer::adopt(count_to(4)).slice(0, 15)}.size() == 3u);
  BOOST_TEST(array<int>{buffer::adopt(count_to(1)).slice(0, 3)}.empty());
}

BOOST_AUTO_TEST_CASE(slices_are_cut_to_what_exists) {
  constexpr auto huge = std::numeric_limits<std::size_t>::max();
  array<int> xs{count_to(10)};
  BOOST_TEST(xs.slice(2, 3).size() == 3u);
  BOOST_TEST(xs.slice(2, 3).data() == xs.data() + 2);
  BOOST_TEST(xs.slice(8, 5).size() == 2u);
  BOOST_TEST(xs.slice(10, 1).empty());
  BOOST_TEST(xs.slice(huge, huge).empty());
  BOOST_TEST(xs.slice(huge / 4 + 1, 1).empty()); // times four it is 0
  BOOST_TEST(xs.slice(1, huge).size() == 9u);
}

BOOST_AUTO_TEST_CASE(slices_keep_the_memory_alive) {
  array<int> part;
  {
    array<int> xs{count_to(1000)};
    part = xs.slice(998, 2);
  }
  BOOST_TEST(part[0] == 999);
  BOOST_TEST(part[1] == 1000);
}

BOOST_AUTO_TEST_CASE(is_a_span) {
  array<int> xs{count_to(3)};
  std::span<const int> view = xs;
  BOOST_TEST(view.data() == xs.data());
  BOOST_TEST(view.size() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
