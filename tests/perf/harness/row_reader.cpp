// SPDX-License-Identifier: BSL-1.0

#include "harness/row_reader.hpp"

#include "troupe/error.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <fstream>
#include <unistd.h>

using namespace troupe::perf;

namespace {

/// Why a text cannot be read; empty if it can.
std::string complaint(std::string_view text) {
  auto result = parse_results(text);
  return result ? "" : troupe::describe(result.error());
}

} // namespace

BOOST_AUTO_TEST_SUITE(row_reader_suite)

BOOST_AUTO_TEST_CASE(what_was_written_is_read_back) {
  auto x = row{}.set("bench", "flood").set("path", "raw").set("tasks", 10);
  x.set("rate", 1.5).set("summary", true);
  auto from = row{}.set("commit", "abc").set("cores", 2);
  auto lines = to_json(x, "provenance", from) + "\n" + to_json(x) + "\n";
  auto result = parse_results(lines);
  BOOST_REQUIRE(result);
  BOOST_REQUIRE(result->rows.size() == 2u);
  for (const auto& y : result->rows)
    BOOST_TEST(to_json(y) == to_json(x));
  BOOST_TEST(to_json(result->origin) == to_json(from));
}

BOOST_AUTO_TEST_CASE(a_missing_last_line_break_is_fine) {
  BOOST_TEST(complaint(R"({"bench":"a","path":"raw"})") == "");
  BOOST_TEST(complaint("\n{\"bench\":\"a\",\"path\":\"raw\"}\n\n") == "");
}

BOOST_AUTO_TEST_CASE(a_line_that_is_no_row_is_named) {
  auto good = std::string{R"({"bench":"a","path":"raw"})"} + "\n";
  for (auto bad :
       {"x", "[]", "1", "null", "{", R"({"bench":"a"})", R"({"path":"raw"})"})
    BOOST_TEST(complaint(good + bad).find("line 2 ") == 0u, bad);
}

BOOST_AUTO_TEST_CASE(no_rows_are_an_error) {
  BOOST_TEST(complaint("").find("--json") != std::string::npos);
  BOOST_TEST(complaint("\n").find("--json") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(fields_that_no_row_can_hold_are_left_out) {
  auto result =
    parse_results(R"({"bench":"a","path":"raw","x":null,"y":[1],"z":-1})");
  BOOST_REQUIRE(result);
  const auto& x = result->rows.front();
  BOOST_TEST((x.find("x") == nullptr));
  BOOST_TEST((x.find("y") == nullptr));
  BOOST_REQUIRE((x.find("z") != nullptr));
  BOOST_TEST(std::get<double>(*x.find("z")) == -1);
}

BOOST_AUTO_TEST_CASE(errors_name_the_file) {
  char path[] = "/tmp/troupe-rows-XXXXXX";
  close(mkstemp(path));
  std::ofstream{path} << "nonsense\n";
  auto result = read_results(path);
  unlink(path);
  BOOST_REQUIRE(!result);
  BOOST_TEST(troupe::describe(result.error()).find(path) != std::string::npos);
  auto missing = read_results(path);
  BOOST_REQUIRE(!missing);
  BOOST_TEST(troupe::describe(missing.error()).find("No such file")
             != std::string::npos);
  BOOST_TEST(!read_results("/tmp"));
}

BOOST_AUTO_TEST_SUITE_END()
