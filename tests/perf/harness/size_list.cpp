// SPDX-License-Identifier: BSL-1.0

#include "harness/size_list.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::perf;

namespace {

using sizes = std::vector<std::size_t>;
using words = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(size_list_suite)

BOOST_AUTO_TEST_CASE(sizes_take_units) {
  BOOST_CHECK(parse_size("0") == std::size_t{0});
  BOOST_CHECK(parse_size("100") == std::size_t{100});
  BOOST_CHECK(parse_size("64k") == std::size_t{64} << 10);
  BOOST_CHECK(parse_size("64K") == std::size_t{64} << 10);
  BOOST_CHECK(parse_size("4M") == std::size_t{4} << 20);
  BOOST_CHECK(parse_size("4m") == std::size_t{4} << 20);
  BOOST_CHECK(parse_size("1g") == std::size_t{1} << 30);
  BOOST_CHECK(parse_size("1G") == std::size_t{1} << 30);
}

BOOST_AUTO_TEST_CASE(nonsense_is_no_size) {
  for (auto text : {"", "k", "-1", "1.5", "1kk", "x", " 1", "1 ",
                    "99999999999999999999", "99999999999g"})
    BOOST_TEST(!parse_size(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(lists_are_separated_by_commas) {
  BOOST_CHECK(parse_sizes("1,64k,3") == (sizes{1, 65536, 3}));
  BOOST_TEST(!parse_sizes("1,,3").has_value());
  BOOST_TEST(!parse_sizes("1,").has_value());
  BOOST_TEST(!parse_sizes("").has_value());
}

BOOST_AUTO_TEST_CASE(splitting_keeps_empty_parts) {
  BOOST_CHECK(split_list("a,b") == (words{"a", "b"}));
  BOOST_CHECK(split_list("a,,") == (words{"a", "", ""}));
  BOOST_CHECK(split_list("") == words{""});
}

BOOST_AUTO_TEST_CASE(joining_reverses_splitting) {
  BOOST_TEST(join_list(words{"tcp", "ipc"}) == "tcp,ipc");
  BOOST_TEST(join_list(words{}) == "");
  BOOST_TEST(join_list(sizes{16, 65536}) == "16,65536");
}

BOOST_AUTO_TEST_SUITE_END()
