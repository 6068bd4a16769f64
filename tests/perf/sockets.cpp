// SPDX-License-Identifier: BSL-1.0

// Runs the workloads over sockets with tiny numbers.

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
  /// Rows per transport that are no ratio.
  int rows = 0;
  int ratios = 0;
};

void check(const sample& x, const json& row) {
  BOOST_TEST_CONTEXT(row.dump()) {
    BOOST_TEST(row.at("bench") == x.flags.substr(0, x.flags.find(' ')));
    for (auto key : {"path", "transport", "repeat", "size"})
      BOOST_TEST(row.contains(key));
    for (const auto& key : x.figures)
      BOOST_TEST(row.at(key).get<double>() > 0);
  }
}

const std::vector<sample> samples{
  {"throughput --size 32,100k --copy 1024 --batch 1,16 --repeat 1",
   {"sends_per_s", "msgs_per_s", "mb_per_s", "batch"},
   12,
   4},
  {"latency --size 32,100k --copy 1024 --repeat 1",
   {"median_us", "p99_us"},
   12,
   4},
  {"sends --tasks 20 --size 1M --transport tcp,ipc,inproc --batch 1,20 "
   "--repeat 1",
   {"submit_ms", "released", "tasks", "batch"},
   6,
   2},
};

} // namespace

BOOST_AUTO_TEST_SUITE(sockets_suite)

BOOST_AUTO_TEST_CASE(each_row_has_all_keys_and_plausible_values) {
  for (const auto& x : samples) {
    auto outcome = run_bench(x.flags + " --quick --json");
    BOOST_TEST(outcome.status == 0);
    std::map<std::string, int> rows, ratios;
    for (const auto& row : outcome.rows()) {
      check(x, row);
      ++(row.contains("ratio") ? ratios : rows)[row.at("transport")];
    }
    for (auto transport : {"tcp", "ipc", "inproc"}) {
      BOOST_TEST(rows[transport] == x.rows);
      BOOST_TEST(ratios[transport] == x.ratios);
    }
  }
}

BOOST_AUTO_TEST_CASE(rates_fit_together) {
  auto outcome = run_bench("throughput --size 1000 --transport ipc --path raw "
                           "--repeat 1 --quick --json");
  BOOST_TEST(outcome.status == 0);
  for (const auto& row : outcome.rows()) {
    auto bytes = row.at("msgs_per_s").get<double>() * 1000;
    auto megabytes = row.at("mb_per_s").get<double>() * 1e6;
    BOOST_TEST(bytes == megabytes, boost::test_tools::tolerance(1e-3));
  }
}

BOOST_AUTO_TEST_CASE(interference_compares_idle_and_loaded) {
  auto outcome = run_bench("interference --size 1M --transport ipc --repeat 1 "
                           "--quick --json");
  BOOST_TEST(outcome.status == 0);
  auto rows = outcome.rows();
  BOOST_TEST(rows.size() == 15u); // 3 lanes: 2 paths, run and summary; ratio
  for (const auto& row : rows) {
    BOOST_TEST(row.at("bench") == "interference");
    for (auto key : {"idle_median_us", "idle_p99_us", "loaded_median_us",
                     "loaded_p99_us", "loaded_to_idle", "bulk_s"})
      BOOST_TEST(row.at(key).get<double>() > 0);
  }
}

BOOST_AUTO_TEST_CASE(crossover_finds_thresholds) {
  auto outcome = run_bench("crossover --size 100,10000,1000000 --transport ipc "
                           "--repeat 1 --quick --json");
  BOOST_TEST(outcome.status == 0);
  auto thresholds = 0;
  for (const auto& row : outcome.rows()) {
    BOOST_TEST(row.at("bench") == "crossover");
    BOOST_TEST(row.at("transport") == "ipc");
    if (!row.contains("threshold")) {
      BOOST_TEST(row.contains("msgs_per_s") != row.contains("median_us"));
      continue;
    }
    ++thresholds;
    for (auto key : {"threshold_send", "threshold_total", "threshold_auto"})
      BOOST_TEST(row.at(key) > 0);
    auto rate = row.at("auto_rate_to_best").get<double>();
    BOOST_TEST(rate > 0);
    BOOST_TEST(rate <= 1 + 1e-6);
  }
  BOOST_TEST(thresholds == 2); // raw and actor
}

BOOST_AUTO_TEST_CASE(wrong_values_exit_with_two) {
  for (auto flags : {"throughput --copy sometimes", "throughput --batch 0",
                     "throughput --transport udp", "throughput --peers none"})
    BOOST_TEST(run_bench(std::string{flags} + " 2>/dev/null").status == 2);
}

BOOST_AUTO_TEST_SUITE_END()
