// SPDX-License-Identifier: BSL-1.0

#include <troupe/routing_id.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <unordered_set>

using namespace troupe;
using namespace std::string_literals;

BOOST_AUTO_TEST_SUITE(routing_id_suite)

BOOST_AUTO_TEST_CASE(names_nobody_by_default) {
  BOOST_TEST(routing_id{}.empty());
  BOOST_TEST(routing_id{}.bytes() == "");
  BOOST_TEST((routing_id{} == routing_id{""}));
}

BOOST_AUTO_TEST_CASE(knows_which_ids_a_socket_makes_up) {
  BOOST_TEST(routing_id{"\0abcd"s}.generated());
  BOOST_TEST(routing_id{"\0\0\0\0\0"s}.generated());
  BOOST_TEST(!routing_id{}.generated());
  BOOST_TEST(!routing_id{"abcde"}.generated());
  BOOST_TEST(!routing_id{"\0abc"s}.generated());
  BOOST_TEST(!routing_id{"\0abcde"s}.generated());
}

BOOST_AUTO_TEST_CASE(is_ordered_hashed_and_printed_by_its_bytes) {
  routing_id a{"\0\x01\xff"s};
  routing_id b{"\0\x02"s};
  BOOST_TEST((a < b));
  BOOST_TEST((a != b));
  BOOST_TEST(to_string(a) == "0001ff");
  BOOST_TEST(to_string(routing_id{}) == "");
  std::unordered_set<routing_id> ids{a, b, a};
  BOOST_TEST(ids.size() == 2u);
  BOOST_TEST(ids.contains(routing_id{"\0\x02"s}));
}

BOOST_AUTO_TEST_SUITE_END()
