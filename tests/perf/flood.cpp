// SPDX-License-Identifier: BSL-1.0

// Runs `troupe-bench flood` with tiny numbers, as people run it.

#include "perf/bench.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <string>

using nlohmann::json;
using troupe::test::run_bench;

namespace {

/// What each row of this test has to say.
void check(const json& row) {
  BOOST_TEST_CONTEXT(row.dump()) {
    BOOST_TEST(row.at("bench") == "flood");
    BOOST_TEST(row.at("engines") == 2);
    BOOST_TEST(row.at("tasks") == 500);
    BOOST_TEST(row.at("size") == 16);
    BOOST_TEST(row.at("repeat") >= 1);
    BOOST_TEST(row.at("repeat") <= 2);
    auto sent = row.at("sent_per_s").get<double>();
    auto roundtrip = row.at("roundtrip_per_s").get<double>();
    BOOST_TEST(sent > 0);
    BOOST_TEST(roundtrip > 0);
    if (!row.contains("ratio"))
      BOOST_TEST(roundtrip <= sent);
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(flood_suite)

BOOST_AUTO_TEST_CASE(each_row_has_all_keys_and_plausible_values) {
  auto [status, lines] = run_bench(
    "flood --engines 2 --tasks 500 --size 16 --path both --repeat 2 "
    "--json");
  BOOST_TEST(status == 0);
  std::map<std::string, int> runs, summaries;
  for (const auto& line : lines) {
    auto row = json::parse(line);
    check(row);
    auto path = row.at("path").get<std::string>();
    ++(row.contains("summary") ? summaries : runs)[path];
  }
  BOOST_TEST(runs["raw"] == 2);
  BOOST_TEST(runs["actor"] == 2);
  BOOST_TEST(runs["ratio"] == 1);
  BOOST_TEST(summaries["raw"] == 1);
  BOOST_TEST(summaries["actor"] == 1);
}

BOOST_AUTO_TEST_CASE(one_path_runs_alone) {
  auto [status, lines] =
    run_bench("flood --engines 1 --tasks 10 --path raw --repeat 1 --json");
  BOOST_TEST(status == 0);
  BOOST_REQUIRE(lines.size() == 2u);
  BOOST_TEST(json::parse(lines[0]).at("path") == "raw");
}

BOOST_AUTO_TEST_CASE(without_json_people_get_a_table) {
  auto [status, lines] =
    run_bench("flood --engines 1 --tasks 10,20 --path raw --repeat 1");
  BOOST_TEST(status == 0);
  BOOST_REQUIRE(lines.size() == 6u);
  BOOST_TEST(lines[0].starts_with("# "));
  BOOST_TEST(lines[2].find("flood --engines 1 --tasks 10,20")
             != std::string::npos);
  BOOST_TEST(lines[3].find("roundtrip_per_s") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(wrong_usage_exits_with_two) {
  BOOST_TEST(run_bench("flood --engines none 2>/dev/null").status == 2);
  BOOST_TEST(run_bench("2>/dev/null").status == 2);
}

BOOST_AUTO_TEST_SUITE_END()
