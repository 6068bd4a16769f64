// SPDX-License-Identifier: BSL-1.0

#include "harness/report.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>

using namespace troupe::perf;

namespace {

/// What a report with these rows prints.
std::string printed(bool json, const std::vector<row>& rows,
                    const std::optional<provenance>& from = {}) {
  char* text = nullptr;
  std::size_t size = 0;
  auto stream = open_memstream(&text, &size);
  report out{stream, json};
  if (from)
    out.set_provenance(*from);
  for (const auto& x : rows)
    out.add(x);
  out.finish();
  std::fclose(stream);
  std::string result{text, size};
  std::free(text);
  return result;
}

row run() {
  return row{}.set("path", "raw").set("rate", 1.5);
}

row summed_up() {
  return row{}.set("path", "raw").set("rate", 2000.0).set("summary", true);
}

row related() {
  return row{}.set("path", "ratio").set("rate", 0.5).set("ratio", true);
}

} // namespace

BOOST_AUTO_TEST_SUITE(report_suite)

BOOST_AUTO_TEST_CASE(as_json_each_row_is_a_line) {
  BOOST_TEST(printed(true, {run(), summed_up()})
             == "{\"path\":\"raw\",\"rate\":1.5}\n"
                "{\"path\":\"raw\",\"rate\":2000.0,\"summary\":true}\n");
}

BOOST_AUTO_TEST_CASE(the_table_leaves_single_runs_out) {
  BOOST_TEST(printed(false, {run(), summed_up(), related()})
             == " path  rate\n"
                "  raw  2000\n"
                "ratio   0.5\n");
}

BOOST_AUTO_TEST_CASE(a_row_without_a_field_leaves_its_cell_empty) {
  auto wide = summed_up().set("extra", 7);
  BOOST_TEST(printed(false, {wide, related()})
             == " path  rate  extra\n"
                "  raw  2000      7\n"
                "ratio   0.5       \n");
}

BOOST_AUTO_TEST_CASE(a_value_and_its_spread_share_a_cell) {
  auto x = summed_up().set("rate_mad", 10).set("rate_min", 1800);
  x.set("rate_max", 2100);
  BOOST_TEST(printed(false, {x, related()})
             == " path                   rate\n"
                "  raw  2000 +-10 (1800-2100)\n"
                "ratio                    0.5\n");
}

BOOST_AUTO_TEST_CASE(each_json_row_says_where_it_comes_from) {
  provenance from;
  from.commit = "abc";
  auto text = printed(true, {run(), summed_up()}, from);
  auto count = 0;
  for (auto at = text.find("\"commit\":\"abc\""); at != std::string::npos;
       at = text.find("\"commit\":\"abc\"", at + 1))
    ++count;
  BOOST_TEST(count == 2);
  BOOST_TEST(text.find("\"provenance\":{\"machine\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_first_table_says_where_it_comes_from) {
  provenance from;
  from.commit = "abc";
  BOOST_TEST(printed(false, {summed_up()}, from)
             == to_text(from) + printed(false, {summed_up()}));
}

BOOST_AUTO_TEST_CASE(each_table_has_what_came_since_the_last) {
  auto stream = std::tmpfile();
  report out{stream, false};
  out.add(summed_up());
  out.finish();
  auto first = std::ftell(stream);
  out.finish();
  BOOST_TEST(std::ftell(stream) == first);
  out.add(related());
  out.finish();
  std::string second(static_cast<std::size_t>(std::ftell(stream) - first), 0);
  std::fseek(stream, first, SEEK_SET);
  BOOST_TEST(std::fread(second.data(), 1, second.size(), stream)
             == second.size());
  std::fclose(stream);
  BOOST_TEST(second == to_table({related()}));
  BOOST_TEST(out.rows().size() == 2u);
}

BOOST_AUTO_TEST_CASE(nothing_to_report_prints_nothing) {
  BOOST_TEST(printed(false, {run()}) == "");
  BOOST_TEST(printed(true, {}) == "");
}

BOOST_AUTO_TEST_SUITE_END()
