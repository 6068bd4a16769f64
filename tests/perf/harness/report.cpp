// SPDX-License-Identifier: BSL-1.0

#include "harness/report.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>

using namespace troupe::perf;

namespace {

/// What a report with these rows prints.
std::string printed(bool json, const std::vector<row>& rows) {
  char* text = nullptr;
  std::size_t size = 0;
  auto stream = open_memstream(&text, &size);
  report out{stream, json};
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

BOOST_AUTO_TEST_CASE(nothing_to_report_prints_nothing) {
  BOOST_TEST(printed(false, {run()}) == "");
  BOOST_TEST(printed(true, {}) == "");
}

BOOST_AUTO_TEST_SUITE_END()
