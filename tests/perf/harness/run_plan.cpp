// SPDX-License-Identifier: BSL-1.0

#include "harness/run_plan.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace troupe::perf;

namespace {

using words = std::vector<std::string>;

const std::vector<workload> workloads{
  {"unplanned", "", {}, {}, {}},
  {"throughput", "", {}, {}, {}},
  {"latency", "", {}, {}, {}},
};

bool contains(const words& xs, const std::string& x) {
  return std::find(xs.begin(), xs.end(), x) != xs.end();
}

/// The word behind a flag.
std::string value_of(const words& xs, const std::string& flag) {
  auto i = std::find(xs.begin(), xs.end(), flag);
  return i != xs.end() ? *(i + 1) : "";
}

} // namespace

BOOST_AUTO_TEST_SUITE(run_plan_suite)

BOOST_AUTO_TEST_CASE(each_workload_has_its_turn) {
  words names;
  for (const auto& x : plan_of_all(workloads, {}))
    names.push_back(x.front());
  words expected{"throughput", "latency", "latency", "unplanned"};
  BOOST_TEST(names == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(workloads_that_are_not_there_are_left_out) {
  BOOST_TEST(plan_of_all({}, {}).empty());
}

BOOST_AUTO_TEST_CASE(rows_come_as_json) {
  for (const auto& x : plan_of_all(workloads, {}))
    BOOST_TEST(contains(x, "--json"));
}

BOOST_AUTO_TEST_CASE(quick_is_quick_everywhere) {
  options with;
  with.quick = true;
  for (const auto& x : plan_of_all(workloads, with))
    BOOST_TEST(contains(x, "--quick"));
  for (const auto& x : plan_of_all(workloads, {}))
    BOOST_TEST(!contains(x, "--quick"));
}

BOOST_AUTO_TEST_CASE(a_path_is_taken_everywhere) {
  options with;
  with.path = path_choice::raw;
  for (const auto& x : plan_of_all(workloads, with))
    BOOST_TEST(value_of(x, "--path") == "raw");
  with.path = path_choice::actor;
  for (const auto& x : plan_of_all(workloads, with))
    BOOST_TEST(value_of(x, "--path") == "actor");
}

BOOST_AUTO_TEST_CASE(repeats_replace_those_of_the_plan) {
  options with;
  with.repeat = 7;
  for (const auto& x : plan_of_all(workloads, with)) {
    BOOST_TEST(std::count(x.begin(), x.end(), "--repeat") == 1);
    BOOST_TEST(value_of(x, "--repeat") == "7");
  }
  with.repeat = 0;
  BOOST_TEST(!contains(plan_of_all(workloads, with).back(), "--repeat"));
  with.quick = true;
  for (const auto& x : plan_of_all(workloads, with))
    BOOST_TEST(value_of(x, "--repeat") == "3");
}

BOOST_AUTO_TEST_SUITE_END()
