// SPDX-License-Identifier: BSL-1.0

#include <troupe/small_frames.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace troupe;

namespace {

struct fixture {
  buffer copy(std::string_view text) {
    return frames.copy(std::as_bytes(std::span{text}));
  }

  small_frames frames;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(small_frames_suite, fixture)

BOOST_AUTO_TEST_CASE(copies_frames_of_all_sizes_aligned) {
  std::vector<buffer> kept;
  std::vector<std::string> originals;
  for (auto size = std::size_t{0}; size <= small_frames::max_size; ++size) {
    originals.emplace_back(size, static_cast<char>('0' + size));
    kept.push_back(copy(originals.back()));
  }
  for (auto i = std::size_t{0}; i < kept.size(); ++i) {
    BOOST_TEST(kept[i].text() == originals[i]);
    auto address = reinterpret_cast<std::uintptr_t>(kept[i].data());
    BOOST_TEST(address % alignof(std::max_align_t) == 0u);
  }
}

BOOST_AUTO_TEST_CASE(shares_one_allocation_until_it_is_full) {
  std::vector<buffer> kept;
  std::string text(small_frames::max_size, 'x');
  for (auto i = 0; i < 16; ++i)
    kept.push_back(copy(text));
  for (auto& x : kept)
    BOOST_TEST((x.owner() == kept.front().owner()));
  BOOST_TEST((copy(text).owner() != kept.front().owner()));
}

BOOST_AUTO_TEST_CASE(takes_memory_again_only_when_nobody_reads_it) {
  auto first = copy("first");
  auto second = copy("second");
  auto address = first.data();
  first = {};
  auto third = copy("third");
  BOOST_TEST(third.data() != address);
  BOOST_TEST(second.text() == "second");
  second = {};
  third = {};
  BOOST_TEST(copy("fourth").data() == address);
}

BOOST_AUTO_TEST_CASE(lets_frames_outlive_it) {
  buffer kept;
  {
    small_frames local;
    kept = local.copy(std::as_bytes(std::span{"bytes", 5}));
  }
  BOOST_TEST(kept.text() == "bytes");
}

BOOST_AUTO_TEST_SUITE_END()
