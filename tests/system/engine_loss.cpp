// SPDX-License-Identifier: BSL-1.0

#include "system/support/sandbox.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>

using namespace troupe::test;

namespace {

constexpr auto inputs = 10'000;

/// How often to repeat what depends on the moment of a kill:
/// `TROUPE_TEST_REPEAT=20` on demand.
int repetitions() {
  auto text = std::getenv("TROUPE_TEST_REPEAT");
  return text != nullptr ? std::atoi(text) : 3;
}

struct fixture : sandbox {
  fixture() {
    // Each engine always has something outstanding when it is killed.
    start_cluster({"-n", "4", "--hwm", "16", "--load", library()});
  }

  ~fixture() {
    run({"stop"});
  }

  static std::ptrdiff_t count(const std::string& text) {
    return std::count(text.begin(), text.end(), '\n');
  }

  /// Maps all inputs and kills an engine in the middle.
  run_result map_and_kill(words flags) {
    words args{"map", "--json", "--task", "nap"};
    args.insert(args.end(), flags.begin(), flags.end());
    auto victim = engines().at(0);
    program_options options;
    options.input = sequence(1, inputs);
    auto map = start(args, options);
    BOOST_TEST(wait_until([&] { return count(map->out()) > inputs / 20; }));
    kill(victim, SIGKILL);
    BOOST_TEST(count(map->out()) < inputs);
    run_result result;
    result.status = map->wait(limit);
    result.out = map->out();
    result.err = map->err();
    return result;
  }

  /// Checks that each input was reported once, and returns how many well.
  static std::size_t check_reports(const std::string& out) {
    auto reports = lines(out);
    BOOST_TEST(reports.size() == std::size_t{inputs});
    std::size_t ok = 0;
    auto expected = 0;
    auto wrong = 0;
    for (auto& line : reports) {
      auto item = nlohmann::json::parse(line);
      ++expected;
      if (item.at("index") != expected
          || item.at("input") != std::to_string(expected))
        ++wrong;
      if (item.at("ok").get<bool>()) {
        ++ok;
        if (item.at("stdout") != std::to_string(expected) + "\n")
          ++wrong;
      }
    }
    BOOST_TEST(wrong == 0);
    return ok;
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(engine_loss_suite)

BOOST_AUTO_TEST_CASE(loses_and_doubles_no_task) {
  for (auto i = 0; i < repetitions(); ++i) {
    fixture cluster;
    auto result = cluster.map_and_kill({});
    BOOST_TEST(result.status == 0);
    BOOST_TEST(result.err == "");
    BOOST_TEST(fixture::check_reports(result.out) == std::size_t{inputs});
    auto status = cluster.json({"status"});
    BOOST_TEST(status.at("rows").size() == 3);
    BOOST_TEST(status.at("lost") == 1);
    BOOST_TEST(status.at("queued") == 0);
  }
}

BOOST_FIXTURE_TEST_CASE(reports_as_lost_what_may_run_only_once, fixture) {
  auto result = map_and_kill({"--attempts", "1"});
  auto ok = check_reports(result.out);
  BOOST_TEST(ok >= inputs - std::size_t{512});
  BOOST_TEST(ok < std::size_t{inputs});
  BOOST_TEST(result.status == 6);
  BOOST_TEST(has(result.err, "failed: input"));
}

BOOST_FIXTURE_TEST_CASE(gives_up_on_a_task_that_kills_engines, fixture) {
  auto result = run({"map", "--task", "die", "1"});
  BOOST_TEST(result.status == 6);
  BOOST_TEST(has(result.err, "failed: input 1 (\"1\")"));
  // One engine is left.
  BOOST_TEST(run({"map", "--task", "nap", "2"}).out == "2\n");
}

BOOST_AUTO_TEST_SUITE_END()
