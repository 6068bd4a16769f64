// SPDX-License-Identifier: BSL-1.0

#include "system/support/sandbox.hpp"

#include <csignal>
#include <filesystem>

using namespace troupe::test;

namespace fs = std::filesystem;

BOOST_FIXTURE_TEST_SUITE(start_stop_suite, sandbox)

BOOST_AUTO_TEST_CASE(starts_shows_and_stops_a_cluster) {
  auto started = run({"start", "-n", "3"});
  BOOST_TEST(started.status == 0);
  BOOST_TEST(has(started.out, "cluster \"default\" is up: 3 engines in"));
  BOOST_TEST(lines(started.out).size() <= 5);
  BOOST_TEST(started.err == "");
  BOOST_TEST(has(run({"status"}).out, "engine-2"));
  BOOST_TEST(json({"status"}).at("rows").size() == 3);
  BOOST_TEST(json({"ps"}).at("rows").at(0).at("name") == "default");
  auto stopped = run({"stop"});
  BOOST_TEST(stopped.status == 0);
  BOOST_TEST(has(stopped.out, "cluster \"default\" is stopped: 3 engines in"));
  BOOST_TEST(processes().empty());
  BOOST_TEST(json({"ps"}).at("rows").empty());
}

BOOST_AUTO_TEST_CASE(reports_start_and_stop_as_json) {
  auto started = json({"start", "-n", "2"});
  BOOST_TEST(started.at("schema") == "troupe.start/1");
  BOOST_TEST(started.at("engines") == 2);
  BOOST_TEST(started.at("connection").at("name") == "default");
  auto stopped = json({"stop"});
  BOOST_TEST(stopped.at("schema") == "troupe.stop/1");
  BOOST_TEST(stopped.at("rows").at(0).at("engines") == 2);
  BOOST_TEST(stopped.at("rows").at(0).at("killed") == 0);
}

BOOST_AUTO_TEST_CASE(says_nothing_if_it_is_to_be_quiet) {
  auto started = run({"start", "-n", "1", "-q"});
  BOOST_TEST(started.out + started.err == "");
  auto stopped = run({"stop", "-q"});
  BOOST_TEST(stopped.out + stopped.err == "");
}

BOOST_AUTO_TEST_CASE(is_what_map_uses_if_it_is_the_default) {
  start_cluster({"-n", "1"});
  auto pid = engines().at(0);
  auto result = run({"map", "--", "echo $PPID; true {}", ":::", "a"});
  BOOST_TEST(result.out == std::to_string(pid) + "\n");
  auto other = run({"map", "-n", "1", "--", "echo $PPID; true {}", ":::", "a"});
  BOOST_TEST(other.out != result.out);
  run({"stop"});
}

BOOST_AUTO_TEST_CASE(keeps_clusters_apart_by_name) {
  start_cluster({"-n", "1", "--name", "one"});
  start_cluster({"-n", "2", "--name", "two"});
  BOOST_TEST(json({"status", "-c", "two"}).at("rows").size() == 2);
  BOOST_TEST(run({"status"}).status == 2); // which one?
  BOOST_TEST(has(run({"status", "-c", "three"}).err, "one"));
  BOOST_TEST(run({"map", "-c", "one", "--", "echo", ":::", "a"}).out == "a\n");
  BOOST_TEST(run({"stop", "one"}).status == 0);
  BOOST_TEST(json({"status"}).at("rows").size() == 2);
  BOOST_TEST(run({"stop", "--all"}).status == 0);
  BOOST_TEST(processes().empty());
}

BOOST_AUTO_TEST_CASE(refuses_to_start_twice) {
  start_cluster({"-n", "1"});
  auto again = run({"start", "-n", "1"});
  BOOST_TEST(again.status == 1);
  BOOST_TEST(has(again.err, "cluster \"default\" is running already"));
  BOOST_TEST(json({"status"}).at("rows").size() == 1);
  run({"stop"});
}

BOOST_AUTO_TEST_CASE(takes_over_what_a_dead_controller_left) {
  start_cluster({"-n", "1"});
  kill(controller(), SIGKILL);
  BOOST_TEST(empty());
  BOOST_TEST(fs::exists(path("troupe/default/cluster.json")));
  BOOST_TEST(run({"status"}).status == 3);
  start_cluster({"-n", "1"});
  BOOST_TEST(run({"map", "--", "echo", ":::", "a"}).out == "a\n");
  run({"stop"});
}

BOOST_AUTO_TEST_CASE(ignores_a_cluster_file_that_makes_no_sense) {
  for (auto folder : {"troupe", "troupe/default"}) {
    fs::create_directory(path(folder));
    fs::permissions(path(folder), fs::perms::owner_all);
  }
  file("troupe/default/cluster.json", "{\"name\": \"defau");
  BOOST_TEST(run({"status"}).status == 3);
  BOOST_TEST(run({"map", "-n", "1", "--", "echo", ":::", "a"}).out == "a\n");
}

BOOST_AUTO_TEST_CASE(shows_why_engines_do_not_start) {
  auto broken = file("broken", "#!/bin/sh\necho no libfoo >&2\nexit 127\n");
  fs::permissions(broken, fs::perms::owner_all);
  auto result = run({"start", "-n", "2", "--program", broken});
  BOOST_TEST(result.status == 6);
  BOOST_TEST(has(result.err, "failed to start (exit status 127)"));
  BOOST_TEST(has(result.err, "  | no libfoo\n"));
  BOOST_TEST(has(result.err, "state/troupe/default"));
}

BOOST_AUTO_TEST_CASE(gives_up_on_engines_that_never_answer) {
  auto deaf = file("deaf", "#!/bin/sh\nexec sleep 50\n");
  fs::permissions(deaf, fs::perms::owner_all);
  auto result = run({"start", "-n", "1", "--program", deaf, "--wait", "500ms"});
  BOOST_TEST(result.status == 6);
  BOOST_TEST(has(result.err, "did not register"));
}

BOOST_AUTO_TEST_CASE(leaves_nothing_after_ctrl_c_while_it_starts) {
  auto deaf = file("deaf", "#!/bin/sh\nexec sleep 50\n");
  fs::permissions(deaf, fs::perms::owner_all);
  auto starting = start({"start", "-n", "2", "--program", deaf});
  // The command itself, the controller and the engines.
  BOOST_TEST(wait_until([&] { return processes().size() == 4; }));
  starting->signal_group(SIGINT);
  BOOST_TEST(starting->wait(linger) == 130);
  BOOST_TEST(empty());
}

BOOST_AUTO_TEST_CASE(stops_a_controller_that_does_not_answer) {
  start_cluster({"-n", "2"});
  kill(controller(), SIGSTOP);
  auto stopped = run({"stop", "--grace", "100ms"});
  BOOST_TEST(stopped.status == 0);
  BOOST_TEST(has(stopped.out, "were killed"));
  BOOST_TEST(empty());
}

BOOST_AUTO_TEST_CASE(tells_if_there_is_no_such_engine_program) {
  auto result = run({"start", "-n", "1", "--program", "nosuch"});
  BOOST_TEST(result.status == 127);
  BOOST_TEST(
    has(result.err, "cannot start \"nosuch\": No such file or directory"));
}

BOOST_AUTO_TEST_CASE(tells_if_a_port_is_in_use) {
  start_cluster(
    {"-n", "1", "--name", "one", "--listen", "127.0.0.1", "--curve", "off"});
  std::string control = json({"status"}).at("cluster").at("control");
  auto port = control.substr(control.rfind(':') + 1);
  auto result = run({"start", "-n", "1", "--name", "two", "--listen",
                     "127.0.0.1", "--curve", "off", "--port", port});
  BOOST_TEST(result.status == 1);
  BOOST_TEST(has(result.err, port));
  BOOST_TEST(has(result.err, "in use"));
  BOOST_TEST(run({"map", "-c", "one", "--", "echo", ":::", "a"}).out == "a\n");
  run({"stop"});
}

BOOST_AUTO_TEST_CASE(loads_libraries_into_engines) {
  start_cluster({"-n", "2", "--load", library()});
  BOOST_TEST(run({"map", "--task", "nap", "1", "2"}).out == "1\n2\n");
  run({"stop"});
}

BOOST_AUTO_TEST_CASE(takes_more_engines) {
  start_cluster({"-n", "1"});
  auto engine = start({"engine", "--name", "extra", "--load", library()});
  auto joined = [&] { return engines().size() == 2; };
  BOOST_TEST(wait_until(joined));
  BOOST_TEST(run({"map", "--task", "nap", "5"}).out == "5\n");
  BOOST_TEST(run({"stop"}).status == 0);
  BOOST_TEST(engine->wait(linger) == 0, engine->err());
}

BOOST_AUTO_TEST_CASE(runs_a_controller_in_the_foreground) {
  auto controller = start({"controller", "--name", "front", "-n", "1"});
  BOOST_TEST(wait_until([&] { return !json({"ps"}).at("rows").empty(); }));
  BOOST_TEST(run({"map", "-c", "front", "--", "echo", ":::", "a"}).out
             == "a\n");
  controller->signal(SIGINT);
  BOOST_TEST(controller->wait(linger) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
