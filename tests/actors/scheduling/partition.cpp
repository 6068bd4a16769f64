// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/partition.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace troupe;

BOOST_AUTO_TEST_SUITE(partition_suite)

BOOST_AUTO_TEST_CASE(parts_cover_all_items_and_differ_by_one_at_most) {
  for (std::size_t items = 0; items < 40; ++items)
    for (std::size_t parts = 1; parts < 12; ++parts) {
      std::size_t next = 0;
      for (std::size_t k = 0; k < parts; ++k) {
        BOOST_REQUIRE_EQUAL(part_begin(items, parts, k), next);
        auto size = part_size(items, parts, k);
        BOOST_REQUIRE(size == items / parts || size == items / parts + 1);
        if (k > 0)
          BOOST_REQUIRE(size <= part_size(items, parts, k - 1));
        next += size;
      }
      BOOST_REQUIRE_EQUAL(next, items);
    }
}

BOOST_AUTO_TEST_CASE(blocks_refer_to_the_whole) {
  auto whole = buffer::copy_of("aabbccddee");
  auto part = part_of(whole, 2, 3, 1, partition_type::block);
  BOOST_TEST(part.text() == "ccdd");
  BOOST_TEST(part.data() == whole.data() + 4);
}

BOOST_AUTO_TEST_CASE(round_robin_deals_items_like_cards) {
  auto whole = buffer::copy_of("aabbccddee");
  auto part = [&](std::size_t k) {
    return std::string{
      part_of(whole, 2, 3, k, partition_type::round_robin).text()};
  };
  BOOST_TEST(part(0) == "aadd");
  BOOST_TEST(part(1) == "bbee");
  BOOST_TEST(part(2) == "cc");
}

BOOST_AUTO_TEST_CASE(there_may_be_fewer_items_than_parts) {
  auto whole = buffer::copy_of("ab");
  for (auto how : {partition_type::block, partition_type::round_robin}) {
    BOOST_TEST(part_of(whole, 1, 3, 1, how).text() == "b");
    BOOST_TEST(part_of(whole, 1, 3, 2, how).empty());
  }
}

BOOST_AUTO_TEST_SUITE_END()
