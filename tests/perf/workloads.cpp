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
   {"engines", "batch", "engine_msgs_per_s"},
   8,
   8,
   8},
  {"flood --engines 1 --tasks 500 --scheme leastload,lru",
   {"sent_per_s", "roundtrip_per_s"},
   1,
   2,
   2},
  {"map --engines 2 --dt 1,5 --tasks 6",
   {"engines", "dt_ms", "tasks", "efficiency", "sent_ms"},
   2,
   2,
   2},
  {"backlog --engines 2 --queued 250,1000",
   {"engines", "queued", "rate_per_s"},
   2,
   2,
   2},
  {"memory --engines 2 --queued 40000 --tasks 40000",
   {"engines", "queued", "idle_mb", "after_mb"},
   3,
   3,
   3},
  {"codec", {"bytes", "encode_ns", "decode_ns"}, 9, 9, 9},
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

BOOST_AUTO_TEST_CASE(a_peer_that_is_missing_is_named_with_its_package) {
  // Nothing is in this path, whatever is installed here.
  auto outcome = run_bench("flood --engines 1 --tasks 10 --path raw "
                           "--peer nats 2>&1",
                           "PATH=/nowhere ");
  BOOST_TEST(outcome.status == 1);
  BOOST_REQUIRE(!outcome.lines.empty());
  BOOST_TEST(outcome.lines.back().find("install") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(efficiency_is_at_most_one) {
  auto outcome = run_bench("map --engines 2 --dt 5 --quick --repeat 1 --json");
  BOOST_TEST(outcome.status == 0);
  for (const auto& row : outcome.rows())
    if (!row.contains("ratio")) {
      BOOST_TEST(row.at("efficiency").get<double>() > 0.1);
      BOOST_TEST(row.at("efficiency").get<double>() <= 1);
    }
}

BOOST_AUTO_TEST_CASE(memory_tells_all_roles) {
  auto outcome = run_bench("memory --engines 1 --queued 5000 --tasks 5000 "
                           "--path actor --repeat 1 --json");
  BOOST_TEST(outcome.status == 0);
  std::map<std::string, json> roles;
  for (const auto& row : outcome.rows())
    roles[row.at("role")] = row;
  BOOST_REQUIRE(roles.size() == 3u);
  BOOST_TEST(roles["controller"].at("per_task_b").get<double>() > 16);
  BOOST_TEST(roles["client"].at("per_task_b").get<double>() > 0);
  BOOST_TEST(!roles["engine"].contains("per_task_b"));
}

BOOST_AUTO_TEST_SUITE_END()
