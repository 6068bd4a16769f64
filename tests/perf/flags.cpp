// SPDX-License-Identifier: BSL-1.0

// Looks at the command line of `troupe-bench`.

#include "perf/bench.hpp"
#include "perf/row_checks.hpp"
#include "perf/samples.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

using namespace troupe::test;

namespace {

/// Flags of dimensions, and a value for each.
const std::map<std::string, std::string> dimensions{
  {"--engines", "1"},     {"--tasks", "10"},    {"--size", "8"},
  {"--transport", "ipc"}, {"--copy", "always"}, {"--scheme", "lru"},
  {"--dt", "1"},          {"--queued", "250"},  {"--batch", "1"},
  {"--peers", "raw"},     {"--peer", "nats"},   {"--task", ""},
  {"--chain", "2"},
};

/// Names of subcommands, and the flags in the help of each.
std::map<std::string, std::set<std::string>> help() {
  std::map<std::string, std::set<std::string>> result;
  auto listed = false;
  for (const auto& line : run_bench("--help").lines) {
    if (listed && line.starts_with("  ") && line[2] != ' ')
      result[line.substr(2, line.find(' ', 2) - 2)];
    listed = listed || line.starts_with("Subcommands:");
  }
  for (auto& [name, flags] : result)
    for (const auto& line : run_bench(name + " --help").lines)
      if (line.starts_with("  --"))
        flags.insert(line.substr(2, line.find_first_of(" ,\n", 2) - 2));
  return result;
}

std::string text_of(const bench_outcome& x) {
  std::string result;
  for (const auto& line : x.lines)
    result += line;
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(flags_suite)

BOOST_AUTO_TEST_CASE(the_samples_use_each_flag_of_each_subcommand) {
  std::map<std::string, std::string> used;
  for (const auto& x : samples)
    used[x.bench()] += x.command + ' ';
  for (const auto& [name, flags] : help()) {
    if (name == "all")
      continue;
    BOOST_TEST(used.contains(name), name);
    for (const auto& [flag, value] : dimensions)
      if (flags.contains(flag) && flag != "--peer") // needs other programs
        BOOST_TEST(used[name].find(flag + ' ') != std::string::npos,
                   name << " " << flag);
  }
}

BOOST_AUTO_TEST_CASE(all_subcommands_take_the_common_flags) {
  for (const auto& [name, flags] : help())
    for (auto flag : {"--path", "--repeat", "--quick", "--json", "--csv",
                      "--plot", "--no-progress"})
      BOOST_TEST(flags.contains(flag), name << " " << flag);
}

BOOST_AUTO_TEST_CASE(flags_of_other_subcommands_are_refused_by_name) {
  auto all = help();
  BOOST_TEST(all.size() >= 14u);
  for (const auto& [name, flags] : all)
    for (const auto& [flag, value] : dimensions) {
      if (flags.contains(flag))
        continue;
      auto outcome = run_bench(name + " " + flag + " " + value + " 2>&1");
      auto said = text_of(outcome);
      BOOST_TEST_CONTEXT(name << " " << flag << ": " << said) {
        BOOST_TEST(outcome.status == 2);
        BOOST_TEST(said.find("\"" + flag + "\" was not expected")
                   != std::string::npos);
        BOOST_TEST(said.find("`" + flag + "` belongs to ")
                   != std::string::npos);
      }
    }
}

BOOST_AUTO_TEST_CASE(wrong_values_exit_with_two_and_name_the_flag) {
  for (auto [command, flag] : {std::pair{"flood --engines none", "--engines"},
                               {"flood --tasks 0", "--tasks"},
                               {"flood --scheme best", "--scheme"},
                               {"map --dt -1", "--dt"},
                               {"backlog --queued 1x", "--queued"},
                               {"throughput --size 1z", "--size"},
                               {"throughput --copy sometimes", "--copy"},
                               {"throughput --batch 0", "--batch"},
                               {"throughput --transport udp", "--transport"},
                               {"throughput --peers none", "--peers"},
                               {"codec --path both,raw", "--path"},
                               {"codec --repeat 0", "--repeat"},
                               {"codec --csv /nowhere/x.csv", "--csv"}}) {
    auto outcome = run_bench(std::string{command} + " 2>&1");
    BOOST_TEST(outcome.status == 2, command);
    BOOST_TEST(text_of(outcome).find(flag) != std::string::npos, command);
  }
  BOOST_TEST(run_bench("2>/dev/null").status == 2);
}

BOOST_AUTO_TEST_CASE(one_path_runs_alone) {
  for (auto path : {"raw", "actor"})
    for (auto command : {"flood --engines 1 --tasks 10", "codec",
                         "backlog --engines 1 --queued 250",
                         "latency --size 32 --transport inproc"}) {
      auto outcome = run_bench(std::string{command}
                               + " --quick --repeat 1 --json --path " + path);
      BOOST_TEST(outcome.status == 0);
      auto rows = outcome.rows();
      BOOST_TEST(!rows.empty());
      for (const auto& row : rows)
        BOOST_TEST(row.at("path") == path);
    }
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

BOOST_AUTO_TEST_CASE(a_peer_that_is_missing_is_named_with_its_package) {
  // Nothing is in this path, whatever is installed here.
  auto outcome = run_bench("flood --engines 1 --tasks 10 --path raw "
                           "--peer nats 2>&1",
                           "PATH=/nowhere ");
  BOOST_TEST(outcome.status == 1);
  BOOST_REQUIRE(!outcome.lines.empty());
  BOOST_TEST(outcome.lines.back().find("install") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
