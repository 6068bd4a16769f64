// SPDX-License-Identifier: BSL-1.0

#include "harness/row.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>

using namespace troupe::perf;

BOOST_AUTO_TEST_SUITE(row_suite)

BOOST_AUTO_TEST_CASE(fields_keep_their_order_and_type_in_json) {
  row x;
  x.set("bench", "flood").set("engines", std::size_t{4}).set("rate", 2.5);
  x.set("summary", true);
  BOOST_TEST(to_json(x)
             == R"({"bench":"flood","engines":4,"rate":2.5,"summary":true})");
}

BOOST_AUTO_TEST_CASE(a_field_set_twice_changes_in_its_place) {
  row x;
  x.set("path", "raw").set("repeat", 1).set("path", "actor");
  BOOST_TEST(to_json(x) == R"({"path":"actor","repeat":1})");
}

BOOST_AUTO_TEST_CASE(strings_are_escaped) {
  row x;
  x.set("text", "a \"quoted\"\nline");
  BOOST_TEST(to_json(x) == R"({"text":"a \"quoted\"\nline"})");
}

BOOST_AUTO_TEST_CASE(a_number_that_json_cannot_hold_is_null) {
  row x;
  x.set("rate", std::numeric_limits<double>::infinity());
  BOOST_TEST(to_json(x) == R"({"rate":null})");
}

BOOST_AUTO_TEST_CASE(find_returns_the_value_or_null) {
  row x;
  x.set("tasks", 500u);
  BOOST_REQUIRE(x.find("tasks") != nullptr);
  BOOST_TEST(std::get<std::uint64_t>(*x.find("tasks")) == 500u);
  BOOST_TEST(x.find("engines") == nullptr);
}

BOOST_AUTO_TEST_CASE(people_read_three_digits) {
  BOOST_TEST(to_text(row::value{1234567.8}) == "1234568");
  BOOST_TEST(to_text(row::value{0.123456}) == "0.123");
  BOOST_TEST(to_text(row::value{std::uint64_t{16}}) == "16");
  BOOST_TEST(to_text(row::value{std::string{"raw"}}) == "raw");
  BOOST_TEST(to_text(row::value{true}) == "yes");
}

BOOST_AUTO_TEST_SUITE_END()
