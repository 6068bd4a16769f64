// SPDX-License-Identifier: BSL-1.0

#include "cluster/processes.hpp"

#include "troupe/process/child_process.hpp"

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

using namespace troupe;
using namespace troupe::apps;
using namespace std::chrono_literals;

namespace {

struct fixture {
  fixture() {
    process_spec spec;
    spec.program = "sleep";
    spec.arguments = {"60"};
    child = process_id::now(*start_process(spec));
  }

  ~fixture() {
    kill(child.pid, SIGKILL);
    waitpid(child.pid, nullptr, 0);
  }

  process_id child;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(processes_suite, fixture)

BOOST_AUTO_TEST_CASE(knows_who_is_alive) {
  BOOST_TEST(child.alive());
  BOOST_TEST(!process_id{}.alive());
  auto other = child;
  ++other.start_time; // another process got this id
  BOOST_TEST(!other.alive());
}

BOOST_AUTO_TEST_CASE(counts_a_process_that_ended_as_gone) {
  kill(child.pid, SIGKILL);
  BOOST_TEST(wait_until_gone({child}, 10s).empty());
}

BOOST_AUTO_TEST_CASE(returns_those_that_are_left) {
  auto left = wait_until_gone({child, process_id{}}, 0ms);
  BOOST_REQUIRE(left.size() == 1u);
  BOOST_TEST(left.front().pid == child.pid);
}

BOOST_AUTO_TEST_CASE(kills_whole_groups_but_not_strangers) {
  auto stranger = child;
  ++stranger.start_time;
  kill_all({stranger});
  BOOST_TEST(child.alive());
  kill_all({child});
  BOOST_TEST(wait_until_gone({child}, 10s).empty());
}

BOOST_AUTO_TEST_SUITE_END()
