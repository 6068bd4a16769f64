// SPDX-License-Identifier: BSL-1.0

// The scheduler's promises, with real processes.

#include "system/support/sandbox.hpp"

#include <set>

using namespace troupe::test;

namespace {

struct fixture : sandbox {
  /// Lets the program tell a story with engines of its own.
  void tell(words flags, const std::string& story, std::size_t promises) {
    words args{"run"};
    args.insert(args.end(), flags.begin(), flags.end());
    args.insert(args.end(), {"--", TROUPE_TEST_RULES, story});
    auto result = run(args);
    BOOST_TEST(result.status == 0, result.err);
    auto kept = std::size_t{0};
    for (auto& line : lines(result.out)) {
      BOOST_TEST(line.starts_with("ok: "), line);
      ++kept;
    }
    BOOST_TEST(kept == promises, result.out + result.err);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(rules_suite, fixture)

BOOST_AUTO_TEST_CASE(tasks_run_where_the_resources_are) {
  tell({"-n", "2", "--group", "1:gpu-node,gpu=1"}, "resources", 3);
}

BOOST_AUTO_TEST_CASE(rejected_tasks_run_elsewhere_or_end) {
  tell({"-n", "3"}, "rejections", 2);
}

BOOST_AUTO_TEST_CASE(tasks_are_cancelled_in_three_ways) {
  tell({"-n", "2", "--hwm", "1"}, "cancels", 9);
}

BOOST_AUTO_TEST_CASE(limits_of_time_are_kept) {
  tell({"-n", "1", "--hwm", "1"}, "deadlines", 4);
}

BOOST_AUTO_TEST_CASE(clients_share_the_engines) {
  tell({"-n", "1", "--hwm", "1"}, "fairness", 2);
}

BOOST_AUTO_TEST_CASE(priorities_go_first) {
  tell({"-n", "1", "--hwm", "1"}, "priorities", 1);
}

BOOST_AUTO_TEST_CASE(tasks_behind_a_long_one_run_elsewhere) {
  tell({"-n", "2"}, "balance", 2);
}

BOOST_AUTO_TEST_CASE(commands_name_what_they_need) {
  start_cluster({"-n", "1", "--group", "1:big,mem=2G"});
  auto status = run({"status"});
  BOOST_TEST(has(status.out, "big,mem=2G"));
  auto fine = run({"map", "--tags", "big", "--needs", "mem=1G", "--json", "--",
                   "echo", "{}", ":::", "1", "2", "3"});
  BOOST_TEST(fine.status == 0, fine.err);
  std::set<int> engines;
  for (auto& line : lines(fine.out))
    engines.insert(nlohmann::json::parse(line).at("engine").get<int>());
  BOOST_TEST(engines.size() == 1u);
  auto bad = run({"map", "--needs", "mem=4G", "--", "echo", "{}", ":::", "1"});
  BOOST_TEST(bad.status == 1);
  BOOST_TEST(has(bad.err, "it needs mem=4G; the best engine, engine-"));
  BOOST_TEST(has(bad.err, ", has mem=2G"));
  auto nonsense = run({"start", "--name", "x", "--group", "2:gpu=none"});
  BOOST_TEST(nonsense.status == 2);
  auto why = run({"why"});
  BOOST_TEST(why.status == 0, why.err);
  BOOST_TEST(has(why.err, "no task waits or runs"));
  BOOST_TEST(has(run({"why", "0/99"}).out, "task 0/99 is not there"));
  BOOST_TEST(run({"why", "nonsense"}).status == 2);
  run({"stop"});
}

BOOST_AUTO_TEST_SUITE_END()
