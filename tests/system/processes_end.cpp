// SPDX-License-Identifier: BSL-1.0

// Whoever dies, and however: nothing of ours is running 3 s later.

#include "system/support/sandbox.hpp"

#include <csignal>

using namespace troupe::test;

namespace {

struct fixture : sandbox {
  /// Starts a map whose commands run long, and waits until they do.
  std::unique_ptr<program> start_map() {
    auto map = start(
      {"map", "-n", "2", "--", "sleep 60; true {}", ":::", "1", "2", "3"});
    wait_for_sleepers(2);
    return map;
  }

  /// Starts `troupe run` with a shell script that prints `up` first.
  std::unique_ptr<program> start_run(const std::string& script) {
    auto x = start({"run", "-n", "2", "--", "sh", "-c", "echo up; " + script});
    BOOST_TEST(wait_until([&] { return x->out() == "up\n"; }));
    return x;
  }

  /// A command is a shell with a child.
  void wait_for_sleepers(std::size_t count) {
    auto expected = 1 + 1 + 2 + 2 * count; // map, controller, engines
    BOOST_TEST(wait_until([&] { return processes().size() >= expected; }));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(processes_end_suite, fixture)

BOOST_AUTO_TEST_CASE(after_ctrl_c_of_map) {
  auto map = start_map();
  map->signal_group(SIGINT);
  BOOST_TEST(map->wait(linger) == 130);
  BOOST_TEST(empty());
}

BOOST_AUTO_TEST_CASE(after_ctrl_c_while_map_waits_for_inputs) {
  program_options options;
  options.keep_stdin = true;
  auto map = start({"map", "-n", "1", "--", "echo"}, options);
  map->write("a\n");
  BOOST_TEST(wait_until([&] { return map->out() == "a\n"; }));
  map->signal_group(SIGINT);
  BOOST_TEST(map->wait(linger) == 130);
  BOOST_TEST(empty());
}

BOOST_AUTO_TEST_CASE(after_a_map_was_killed) {
  auto map = start_map();
  map->signal(SIGKILL);
  BOOST_TEST(map->wait(linger) == 128 + SIGKILL);
  BOOST_TEST(empty());
}

BOOST_AUTO_TEST_CASE(after_a_map_was_terminated) {
  auto map = start_map();
  map->signal(SIGTERM);
  BOOST_TEST(map->wait(linger) == 128 + SIGTERM);
  BOOST_TEST(empty());
}

BOOST_AUTO_TEST_CASE(after_the_controller_of_a_map_was_killed) {
  auto map = start_map();
  kill(controller(), SIGKILL);
  BOOST_TEST(map->wait(limit) == 3);
  BOOST_TEST(has(map->err(), "cluster"));
  BOOST_TEST(empty());
}

BOOST_AUTO_TEST_CASE(after_the_controller_of_a_cluster_was_killed) {
  start_cluster({"-n", "2"});
  kill(controller(), SIGKILL);
  BOOST_TEST(empty());
}

BOOST_AUTO_TEST_CASE(after_ctrl_c_of_run) {
  auto x = start_run("exec sleep 60");
  x->signal_group(SIGINT);
  BOOST_TEST(x->wait(linger) == 130);
  BOOST_TEST(empty());
}

BOOST_AUTO_TEST_CASE(after_a_second_ctrl_c_of_run) {
  auto x = start_run("trap '' INT TERM; while :; do sleep 1; done");
  auto ended = [&] {
    x->signal_group(SIGINT); // two that are not far apart arrive as one
    return x->wait(std::chrono::milliseconds{10}) >= 0;
  };
  BOOST_TEST(wait_until(ended, linger));
  BOOST_TEST(x->wait(linger) == 130);
  // The program insists on living. It is not ours.
  for (auto pid : processes())
    kill(pid, SIGKILL);
}

BOOST_AUTO_TEST_CASE(after_a_run_was_terminated) {
  auto x = start_run("exec sleep 60");
  x->signal(SIGTERM);
  BOOST_TEST(x->wait(linger) == 128 + SIGTERM);
  BOOST_TEST(empty());
}

BOOST_AUTO_TEST_CASE(after_a_run_was_killed) {
  auto x = start_run("exec sleep 60");
  x->signal(SIGKILL);
  BOOST_TEST(x->wait(linger) == 128 + SIGKILL);
  BOOST_TEST(empty());
}

BOOST_AUTO_TEST_CASE(after_the_controller_of_a_run_was_killed) {
  auto x = start_run("sleep 1; exit 4");
  kill(controller(), SIGKILL);
  BOOST_TEST(x->wait(limit) == 4);
  BOOST_TEST(empty());
}

BOOST_AUTO_TEST_CASE(after_a_stop_in_the_middle_of_work) {
  start_cluster({"-n", "2"});
  auto map = start({"map", "--", "sleep 60; true {}", ":::", "1", "2"});
  wait_for_sleepers(2);
  BOOST_TEST(run({"stop"}).status == 0);
  BOOST_TEST(map->wait(linger) == 3);
  BOOST_TEST(empty());
}

BOOST_AUTO_TEST_CASE(but_a_cluster_survives_its_clients) {
  start_cluster({"-n", "2"});
  auto map = start({"map", "--", "sleep 60; true {}", ":::", "1"});
  wait_for_sleepers(1);
  map->signal(SIGKILL);
  BOOST_TEST(map->wait(linger) == 128 + SIGKILL);
  BOOST_TEST(run({"map", "--", "echo", ":::", "a"}).out == "a\n");
  BOOST_TEST(run({"stop"}).status == 0);
}

BOOST_AUTO_TEST_SUITE_END()
