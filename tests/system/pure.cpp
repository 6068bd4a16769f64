// SPDX-License-Identifier: BSL-1.0

// A device in the place of the scheduler, with real processes.

#include "system/support/sandbox.hpp"

#include <csignal>

using namespace troupe::test;

namespace {

struct fixture : sandbox {
  void tell(const std::string& story, std::size_t promises, int engines) {
    sandbox::tell(TROUPE_TEST_PURE, story, promises, engines,
                  {"--scheme", "pure"});
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(pure_suite, fixture)

BOOST_AUTO_TEST_CASE(plain_tasks_run) {
  tell("tasks", 7, 4);
}

BOOST_AUTO_TEST_CASE(errors_of_tasks_arrive) {
  tell("errors", 3, 2);
}

BOOST_AUTO_TEST_CASE(what_a_device_cannot_do_is_refused) {
  tell("refusals", 11, 2);
}

BOOST_AUTO_TEST_CASE(a_lost_engine_holds_nobody_up_for_ever) {
  tell("losses", 7, 2);
}

BOOST_AUTO_TEST_CASE(the_command_line_takes_it) {
  start_cluster({"-n", "2", "--scheme", "pure", "--load", library()});
  BOOST_TEST(json({"status"}).at("scheme") == "pure");
  auto mapped = pipe("1\n2\n3\n", {"map", "--", "echo", "{}"});
  BOOST_TEST(mapped.status == 0, mapped.err);
  BOOST_TEST(mapped.out == "1\n2\n3\n");
  auto urgent = pipe("1\n", {"map", "--priority", "1", "--", "echo"});
  BOOST_TEST(urgent.status == 2);
  BOOST_TEST(has(urgent.err, "priority"));
  auto why = run({"why"});
  BOOST_TEST(why.status == 2);
  BOOST_TEST(has(why.err, "keeps no books"));
  BOOST_TEST(run({"stop"}).status == 0);
  BOOST_TEST(empty());
}

BOOST_AUTO_TEST_CASE(stops_while_tasks_run) {
  start_cluster({"-n", "2", "--scheme", "pure"});
  program_options options;
  options.input = sequence(1, 200);
  auto map = start({"map", "--", "sleep", "1"}, options);
  BOOST_TEST(wait_until([&] { return processes().size() > 5; }));
  BOOST_TEST(run({"stop"}).status == 0);
  BOOST_TEST(map->wait(limit) != 0);
  BOOST_TEST(empty());
}

BOOST_AUTO_TEST_CASE(refuses_what_it_cannot_do_at_the_start) {
  auto hwm = run({"start", "-n", "1", "--scheme", "pure", "--hwm", "4"});
  BOOST_TEST(hwm.status == 2);
  BOOST_TEST(has(hwm.err, "--hwm"));
  auto tree =
    run({"start", "-n", "1", "--scheme", "pure", "--broadcast-depth", "1"});
  BOOST_TEST(tree.status == 2);
  BOOST_TEST(has(tree.err, "--broadcast-depth"));
  auto open = run({"start", "-n", "1", "--scheme", "pure", "--listen",
                   "0.0.0.0", "--curve", "off"});
  BOOST_TEST(open.status == 2);
  BOOST_TEST(has(open.err, "127.0.0.1"));
  start_cluster(
    {"-n", "1", "--scheme", "pure", "--listen", "127.0.0.1", "--curve", "off"});
  BOOST_TEST(pipe("7\n", {"map", "--", "echo", "{}"}).out == "7\n");
  BOOST_TEST(run({"stop"}).status == 0);
}

BOOST_AUTO_TEST_SUITE_END()
