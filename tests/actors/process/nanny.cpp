// SPDX-License-Identifier: BSL-1.0
#include "troupe/process/nanny.hpp"

#include "support/temp_dir.hpp"
#include "support/wait_until.hpp"
#include "troupe/error.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <fstream>

using namespace std::chrono_literals;
using namespace troupe;

namespace {

using clock_type = std::chrono::steady_clock;

struct fixture {
  /// Starts engines that run `script`.
  void start(const std::string& script, std::size_t count = 1) {
    process_spec spec{.program = "/bin/sh", .arguments = {"-c", script}};
    spec.environment = {{"OUT", (dir / "out").string()}};
    auto err = parent.start(spec, count);
    BOOST_REQUIRE_MESSAGE(!err, describe(err));
  }

  /// Waits until somebody wrote a number into the file `out`.
  pid_t number_in_file() {
    pid_t result = 0;
    BOOST_TEST(test::wait_until([&] {
      std::ifstream file{dir / "out"};
      std::string line;
      return std::getline(file, line) && !file.eof()
             && (result = std::stoi(line)) > 0;
    }));
    return result;
  }

  std::vector<exit_report> collect_one() {
    std::vector<exit_report> result;
    BOOST_TEST(test::wait_until([&] {
      result = parent.collect();
      return !result.empty();
    }));
    return result;
  }

  test::temp_dir dir;
  nanny parent;
};

bool gone(pid_t pid) {
  return process_start_time(pid) == 0;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(nanny_suite, fixture)

BOOST_AUTO_TEST_CASE(numbers_engines_over_several_starts) {
  start("exec sleep 100", 2);
  start("exec sleep 100", 1);
  auto pids = parent.alive();
  BOOST_REQUIRE_EQUAL(pids.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i)
    BOOST_TEST(parent.index_of(pids[i]) == i);
}

BOOST_AUTO_TEST_CASE(tells_each_engine_its_number) {
  start("exit $TROUPE_ENGINE_INDEX", 3);
  std::vector<int> statuses;
  BOOST_TEST(test::wait_until([&] {
    for (auto& x : parent.collect()) {
      BOOST_TEST(parent.index_of(x.pid) == static_cast<std::size_t>(x.status));
      statuses.push_back(x.status);
    }
    return statuses.size() == 3;
  }));
  BOOST_TEST(parent.alive().empty());
}

BOOST_AUTO_TEST_CASE(reports_each_end_once) {
  start("exit 5");
  auto reports = collect_one();
  BOOST_REQUIRE_EQUAL(reports.size(), 1u);
  BOOST_TEST(reports[0].text() == "exit status 5");
  BOOST_TEST(parent.collect().empty());
}

BOOST_AUTO_TEST_CASE(says_why_an_engine_cannot_start) {
  auto err = parent.start({.program = "./nothing"}, 2);
  BOOST_TEST(describe(err)
             == "cannot start \"./nothing\": No such file or directory");
  BOOST_TEST(parent.alive().empty());
}

BOOST_AUTO_TEST_CASE(kills_what_a_dead_engine_left_behind) {
  start("sleep 100 & echo $! > $OUT; wait");
  auto leftover = number_in_file();
  BOOST_TEST(!gone(leftover));
  kill(parent.alive().at(0), SIGKILL);
  BOOST_TEST(collect_one().at(0).signal == SIGKILL);
  BOOST_TEST(test::wait_until([=] { return gone(leftover); }));
}

BOOST_AUTO_TEST_CASE(stops_engines_that_listen_at_once) {
  start("exec sleep 100", 4);
  auto pids = parent.alive();
  auto begin = clock_type::now();
  parent.stop(10s);
  BOOST_CHECK(clock_type::now() - begin < 5s);
  for (auto pid : pids)
    BOOST_TEST(gone(pid));
}

BOOST_AUTO_TEST_CASE(kills_groups_that_do_not_listen_after_the_grace) {
  start("trap '' TERM; (trap '' TERM; exec sleep 100) & echo $! > $OUT;"
        "while :; do sleep 100; done");
  auto leftover = number_in_file();
  auto begin = clock_type::now();
  parent.stop(100ms);
  auto took = clock_type::now() - begin;
  BOOST_CHECK(took >= 100ms);
  BOOST_CHECK(took < 5s);
  BOOST_TEST(parent.alive().empty());
  BOOST_TEST(test::wait_until([=] { return gone(leftover); }));
}

BOOST_AUTO_TEST_CASE(stops_an_engine_that_is_stopped) {
  start("exec sleep 100");
  kill(parent.alive().at(0), SIGSTOP);
  auto begin = clock_type::now();
  parent.stop(10s);
  BOOST_CHECK(clock_type::now() - begin < 5s);
}

BOOST_AUTO_TEST_CASE(kills_its_engines_when_it_goes) {
  pid_t pid = 0;
  {
    nanny other;
    BOOST_REQUIRE(!other.start({.program = "sleep", .arguments = {"100"}}, 1));
    pid = other.alive().at(0);
  }
  BOOST_TEST(gone(pid));
}

BOOST_AUTO_TEST_CASE(has_nothing_to_stop_twice) {
  start("exec sleep 100");
  parent.stop(10s);
  parent.stop(10s);
  BOOST_TEST(parent.collect().empty());
}

BOOST_AUTO_TEST_SUITE_END()
