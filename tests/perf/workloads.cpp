// SPDX-License-Identifier: BSL-1.0

// Runs each subcommand with tiny numbers, as people run it, and looks at its
// rows.

#include "perf/bench.hpp"
#include "perf/row_checks.hpp"
#include "perf/samples.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace data = boost::unit_test::data;

using nlohmann::json;
using namespace troupe::test;

namespace {

/// Splits at any of these characters.
std::vector<std::string> split(const std::string& text, char at) {
  std::istringstream in{text};
  std::vector<std::string> result;
  for (std::string part; std::getline(in, part, at);)
    result.push_back(part);
  return result;
}

/// A value as rows have it: numbers without a unit.
std::string plain(std::string value) {
  auto unit = value.back() == 'k'   ? 1024
              : value.back() == 'M' ? 1024 * 1024
                                    : 0;
  return unit == 0 ? value : std::to_string(std::stoll(value) * unit);
}

/// Each value of each flag has to have a row.
void check_dimensions(const sample& x, const json_rows& rows) {
  auto words = split(x.command, ' ');
  for (std::size_t i = 1; i + 1 < words.size(); i += 2) {
    if (words[i] == "--task") // takes no value
      ++i;
    auto name = words[i] == "--dt" ? "dt_ms" : words[i].substr(2);
    std::set<std::string> seen;
    for (const auto& row : rows)
      if (row.contains(name))
        seen.insert(row[name].is_string() ? row[name].get<std::string>()
                                          : row[name].dump());
    for (const auto& value : split(words[i + 1], ','))
      BOOST_TEST(seen.contains(plain(value)), name << " " << value);
  }
}

void check_row(const sample& x, const json& row) {
  BOOST_TEST_CONTEXT(row.dump()) {
    BOOST_TEST(row.at("bench") == x.bench());
    BOOST_TEST(row.at("repeat") > 0);
    for (const auto& key : x.keys)
      BOOST_TEST(row.contains(key), key);
    for (auto key : {"machine", "kernel", "libzmq", "caf", "commit", "command"})
      BOOST_TEST(!row.at("provenance").at(key).get<std::string>().empty());
    check_figures(row);
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(workloads_suite)

BOOST_DATA_TEST_CASE(rows_have_all_keys_and_plausible_figures,
                     data::make(samples), x) {
  temp_dir dir;
  auto file = (dir.path() / "rows.csv").string();
  auto outcome =
    run_bench(x.command + " --quick --repeat 2 --json --csv " + file);
  BOOST_TEST(outcome.status == 0);
  auto rows = outcome.rows();
  for (const auto& row : rows)
    check_row(x, row);
  BOOST_TEST(count_summaries(rows, "raw") == x.raw);
  BOOST_TEST(count_summaries(rows, "actor") == x.actor);
  BOOST_TEST(count_summaries(rows, "ratio") == x.ratios);
  check_sums(rows, 2);
  check_dimensions(x, rows);
  check_csv(read_text(file), rows);
}

BOOST_AUTO_TEST_CASE(crossover_has_rates_latencies_and_thresholds) {
  auto outcome = run_bench("crossover --size 100,10000,1000000 --transport ipc "
                           "--repeat 1 --quick --json");
  BOOST_TEST(outcome.status == 0);
  auto thresholds = 0;
  for (const auto& row : outcome.rows()) {
    if (!row.contains("threshold")) {
      BOOST_TEST(row.contains("msgs_per_s") != row.contains("median_us"));
      for (auto key : {"size", "copy"})
        BOOST_TEST(row.contains(key));
      continue;
    }
    ++thresholds;
    for (auto key : {"threshold_send", "threshold_total", "threshold_auto"})
      BOOST_TEST(row.at(key) > 0);
    BOOST_TEST(row.at("auto_rate_to_best") > 0);
    BOOST_TEST(row.at("auto_rate_to_best") <= 1 + 1e-6);
  }
  BOOST_TEST(thresholds == 2); // raw and actor
}

BOOST_AUTO_TEST_CASE(memory_tells_what_a_queued_task_takes) {
  auto outcome = run_bench("memory --engines 1 --queued 5000 --tasks 5000 "
                           "--path actor --repeat 1 --json");
  BOOST_TEST(outcome.status == 0);
  std::set<std::string> roles;
  for (const auto& row : outcome.rows()) {
    auto role = row.at("role").get<std::string>();
    roles.insert(role);
    BOOST_TEST(row.contains("per_task_b") == (role != "engine"));
    if (role == "controller")
      BOOST_TEST(row.at("per_task_b") > 16);
  }
  BOOST_TEST(roles == (std::set<std::string>{"client", "controller", "engine"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
