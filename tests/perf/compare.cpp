// SPDX-License-Identifier: BSL-1.0

// Runs `troupe-bench compare` on files, as people run it.

#include "perf/bench.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

using troupe::test::run_bench;

namespace {

/// Files with one figure each.
struct fixture {
  fixture() {
    char name[] = "/tmp/troupe-compare-XXXXXX";
    dir = mkdtemp(name);
    write("fast", 1000);
    write("slow", 700);
    std::ofstream{dir + "/bad"} << "no row\n";
    std::ofstream{dir + "/other"}
      << R"({"bench":"x","path":"raw","a_us":1,"a_us_mad":0,"summary":true})";
  }

  ~fixture() {
    std::filesystem::remove_all(dir);
  }

  void write(const std::string& name, int rate) const {
    nlohmann::json row{{"bench", "flood"}, {"path", "actor"},  {"tasks", 10},
                       {"a_per_s", rate},  {"a_per_s_mad", 1}, {"repeat", 5},
                       {"summary", true}};
    std::ofstream{dir + "/" + name} << row.dump() << '\n';
  }

  int status(const std::string& before, const std::string& after,
             const std::string& flags = "") {
    auto outcome = run_bench("compare " + dir + "/" + before + " " + dir + "/"
                             + after + " " + flags + " 2>&1");
    printed.clear();
    for (const auto& line : outcome.lines)
      printed += line;
    return outcome.status;
  }

  bool says(std::string_view text) const {
    return printed.find(text) != std::string::npos;
  }

  std::string dir;
  std::string printed;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(compare_suite, fixture)

BOOST_AUTO_TEST_CASE(a_figure_that_is_worse_exits_with_one) {
  BOOST_TEST(status("fast", "slow") == 1);
  BOOST_TEST(says("WORSE"));
  BOOST_TEST(says("-30.0 %"));
}

BOOST_AUTO_TEST_CASE(anything_else_exits_with_zero) {
  BOOST_TEST(status("fast", "fast") == 0);
  BOOST_TEST(status("slow", "fast") == 0);
  BOOST_TEST(says("better"));
  BOOST_TEST(status("fast", "slow", "--bound 50") == 0);
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_compared_exit_with_two) {
  BOOST_TEST(status("fast", "missing") == 2);
  BOOST_TEST(says("No such file"));
  BOOST_TEST(status("bad", "fast") == 2);
  BOOST_TEST(says("line 1 is no row"));
  BOOST_TEST(status("fast", "other") == 2);
  BOOST_TEST(says("no row in common"));
}

BOOST_AUTO_TEST_CASE(wrong_usage_exits_with_two) {
  BOOST_TEST(status("fast", "slow", "--bound x") == 2);
  BOOST_TEST(status("fast", "slow", "--bound 200") == 2);
  BOOST_TEST(status("fast", "slow", "third") == 2);
  BOOST_TEST(run_bench("compare 2>/dev/null").status == 2);
  BOOST_TEST(run_bench("compare --help").status == 0);
}

BOOST_AUTO_TEST_SUITE_END()
