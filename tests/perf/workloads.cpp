// SPDX-License-Identifier: BSL-1.0

// Runs the workloads over a cluster with tiny numbers.

#include "perf/bench.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <string>
#include <vector>

using nlohmann::json;
using troupe::test::run_bench;

namespace {

/// A workload in its shortest form.
struct sample {
  std::string flags;
  /// Keys whose values are numbers above 0.
  std::vector<std::string> figures;
  /// Summaries per path.
  int raw = 0;
  int actor = 0;
  int ratios = 0;
};

void check(const sample& x, const json& row) {
  BOOST_TEST_CONTEXT(row.dump()) {
    BOOST_TEST(row.at("bench") == x.flags.substr(0, x.flags.find(' ')));
    BOOST_TEST(row.contains("path"));
    BOOST_TEST(row.at("repeat") > 0);
    for (const auto& key : x.figures)
      BOOST_TEST(row.at(key).get<double>() > 0);
  }
}

const std::vector<sample> samples{
  {"latency --task --engines 1 --size 16,100k --transport tcp",
   {"engines", "size", "median_us", "p99_us"},
   2,
   2,
   2},
  {"echo --engines 2 --size 8,10000 --tasks 20",
   {"engines", "size", "tasks", "submit_ms", "roundtrip_mb_per_s"},
   2,
   2,
   2},
  {"broadcast --engines 1,3 --size 0,10000",
   {"engines", "engine_msgs_per_s"},
   4,
   4,
   4},
  {"startup --engines 2", {"engines", "ready_ms", "first_result_ms"}, 1, 1, 1},
};

} // namespace

BOOST_AUTO_TEST_SUITE(workloads_suite)

BOOST_AUTO_TEST_CASE(each_row_has_all_keys_and_plausible_values) {
  for (const auto& x : samples) {
    auto outcome = run_bench(x.flags + " --quick --repeat 1 --json");
    BOOST_TEST_CONTEXT(x.flags) {
      BOOST_TEST(outcome.status == 0);
      std::map<std::string, int> summaries;
      for (const auto& row : outcome.rows()) {
        check(x, row);
        if (row.contains("summary") || row.contains("ratio"))
          ++summaries[row.at("path")];
      }
      BOOST_TEST(summaries["raw"] == x.raw);
      BOOST_TEST(summaries["actor"] == x.actor);
      BOOST_TEST(summaries["ratio"] == x.ratios);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
