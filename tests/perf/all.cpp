// SPDX-License-Identifier: BSL-1.0

// Runs `troupe-bench all` in its shortest form.

#include "perf/bench.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <set>
#include <string>

using troupe::test::run_bench;

namespace {

/// Names of the workloads, from the help.
std::set<std::string> names() {
  std::set<std::string> result;
  auto listed = false;
  for (const auto& line : run_bench("--help").lines) {
    if (listed && line.starts_with("  ") && line[2] != ' ')
      result.insert(line.substr(2, line.find(' ', 2) - 2));
    listed = listed || line.starts_with("Subcommands:");
  }
  result.erase("all");
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(all_suite)

BOOST_AUTO_TEST_CASE(all_workloads_have_rows) {
  auto outcome = run_bench("all --quick --path raw --repeat 1 --json");
  BOOST_TEST(outcome.status == 0);
  std::set<std::string> seen;
  for (const auto& row : outcome.rows()) {
    seen.insert(row.at("bench").get<std::string>());
    BOOST_TEST(row.at("path") == "raw");
    BOOST_TEST(row.at("repeat") == 1);
    BOOST_TEST(row.at("provenance").at("cores") > 0);
  }
  for (const auto& name : names())
    BOOST_TEST(seen.contains(name), name);
  BOOST_TEST(seen.size() >= 8u);
}

BOOST_AUTO_TEST_CASE(what_cannot_run_is_told_and_the_rest_goes_on) {
  auto [status, lines] = run_bench("all --quick --json",
                                   "exec 2>&1; ulimit -n 7; exec ");
  BOOST_TEST(status == 1);
  auto failed = std::count_if(lines.begin(), lines.end(), [](const auto& line) {
    return line.find("--quick --repeat") != std::string::npos;
  });
  BOOST_TEST(failed >= 8);
  auto text = std::to_string(failed) + " of " + std::to_string(failed)
              + " runs failed";
  BOOST_REQUIRE(!lines.empty());
  BOOST_TEST(lines.back().find(text) != std::string::npos, lines.back());
}

BOOST_AUTO_TEST_SUITE_END()
