// SPDX-License-Identifier: BSL-1.0

#include "harness/csv.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::perf;

BOOST_AUTO_TEST_SUITE(csv_suite)

BOOST_AUTO_TEST_CASE(each_row_is_a_line_below_the_names) {
  auto x = row{}.set("path", "raw").set("rate", 1.5).set("repeat", 2);
  BOOST_TEST(to_csv({x, x}) == "path,rate,repeat\nraw,1.5,2\nraw,1.5,2\n");
}

BOOST_AUTO_TEST_CASE(a_missing_field_is_an_empty_cell) {
  auto one = row{}.set("a", 1).set("b", 2);
  auto two = row{}.set("c", true).set("a", 3);
  BOOST_TEST(to_csv({one, two}) == "a,b,c\n1,2,\n3,,true\n");
}

BOOST_AUTO_TEST_CASE(texts_that_need_quotes_get_them) {
  auto quoted = [](const char* text) {
    auto lines = to_csv({row{}.set("x", text)});
    return lines.substr(2, lines.size() - 3);
  };
  BOOST_TEST(quoted("plain text") == "plain text");
  BOOST_TEST(quoted("a,b") == "\"a,b\"");
  BOOST_TEST(quoted("a\"b") == "\"a\"\"b\"");
  BOOST_TEST(quoted("a\nb") == "\"a\nb\"");
  BOOST_TEST(quoted("a\rb") == "\"a\rb\"");
  BOOST_TEST(quoted("") == "");
}

BOOST_AUTO_TEST_CASE(numbers_are_written_in_full) {
  auto x = row{}.set("rate", 1234567.25).set("count", 12345678901u);
  BOOST_TEST(to_csv({x}) == "rate,count\n1234567.25,12345678901\n");
}

BOOST_AUTO_TEST_CASE(fields_of_all_rows_come_last) {
  auto last = row{}.set("commit", "abc").set("command", "a,b");
  auto one = row{}.set("a", 1);
  auto two = row{}.set("b", 2);
  BOOST_TEST(to_csv({one, two}, last)
             == "a,b,commit,command\n1,,abc,\"a,b\"\n,2,abc,\"a,b\"\n");
  BOOST_TEST(to_csv({row{}}, last) == "commit,command\nabc,\"a,b\"\n");
}

BOOST_AUTO_TEST_CASE(without_rows_only_the_names_are_left) {
  BOOST_TEST(to_csv({}) == "\n");
  BOOST_TEST(to_csv({}, row{}.set("commit", "abc")) == "commit\n");
}

BOOST_AUTO_TEST_SUITE_END()
