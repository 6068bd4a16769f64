// SPDX-License-Identifier: BSL-1.0

#include <troupe/link/arena_pool.hpp>

#include <boost/test/unit_test.hpp>

#include <set>
#include <vector>

using namespace troupe;

BOOST_AUTO_TEST_SUITE(arena_pool_suite)

BOOST_AUTO_TEST_CASE(takes_the_same_block_again) {
  arena_pool pool;
  auto first = pool.take()->data();
  for (auto i = 0; i < 10; ++i)
    BOOST_TEST(pool.take()->data() == first);
}

BOOST_AUTO_TEST_CASE(takes_no_block_that_somebody_reads) {
  arena_pool pool;
  std::vector<caf::intrusive_ptr<arena_block>> out;
  std::set<std::byte*> different;
  for (auto i = 0u; i < 3 * arena_pool::max_blocks; ++i) {
    out.push_back(pool.take());
    different.insert(out.back()->data());
  }
  BOOST_TEST(different.size() == out.size());
}

BOOST_AUTO_TEST_CASE(recycles_blocks_that_come_back_in_order) {
  arena_pool pool;
  std::vector<caf::intrusive_ptr<arena_block>> out;
  std::set<std::byte*> different;
  for (auto i = 0u; i < 1000; ++i) {
    out.push_back(pool.take());
    different.insert(out.back()->data());
    if (out.size() == 8)
      out.erase(out.begin());
  }
  BOOST_TEST(different.size() <= arena_pool::max_blocks + 1);
}

BOOST_AUTO_TEST_CASE(makes_larger_blocks_on_demand) {
  arena_pool pool;
  auto large = pool.take(arena_pool::block_size + 1);
  BOOST_TEST(large->size() == arena_pool::block_size + 1);
  BOOST_TEST(pool.take()->size() == arena_pool::block_size);
}

BOOST_AUTO_TEST_SUITE_END()
