// SPDX-License-Identifier: BSL-1.0

#include "system/support/sandbox.hpp"

using namespace troupe::test;

BOOST_FIXTURE_TEST_SUITE(run_command_suite, sandbox)

BOOST_AUTO_TEST_CASE(runs_a_program_whose_functions_the_engines_know) {
  auto result = run({"run", "-n", "2", "--", example()});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.out == "attached\n1\n4\n9\n");
  BOOST_TEST(result.err == "");
  BOOST_TEST(processes().empty());
}

BOOST_AUTO_TEST_CASE(ends_with_the_status_of_the_program) {
  BOOST_TEST(run({"run", "-n", "1", "--", example(), "5"}).status == 5);
  BOOST_TEST(run({"run", "-n", "1", "--", "sh", "-c", "exit 3"}).status == 3);
  auto killed = run({"run", "-n", "1", "--", "sh", "-c", "kill -9 $$"});
  BOOST_TEST(killed.status == 128 + 9);
  BOOST_TEST(has(killed.err, "killed by signal 9"));
}

BOOST_AUTO_TEST_CASE(passes_arguments_and_stdin_unchanged) {
  auto result =
    pipe("in", {"run", "-n", "1", "--", "sh", "-c", "printf '%s|' \"$@\"; cat",
                "sh", "a b", ":::", "--", "-n"});
  BOOST_TEST(result.out == "a b|:::|--|-n|in");
}

BOOST_AUTO_TEST_CASE(starts_nothing_if_there_is_no_such_program) {
  auto result = run({"run", "-n", "1", "--", "nosuch"});
  BOOST_TEST(result.status == 127);
  BOOST_TEST(result.err
             == "cannot start \"nosuch\": No such file or directory\n");
  auto text = file("text", "text");
  BOOST_TEST(run({"run", "-n", "1", "--", text}).status == 126);
}

BOOST_AUTO_TEST_CASE(tells_if_its_engines_end_at_once) {
  auto result = run({"run", "-n", "2", "--program", "false", "--", "true"});
  BOOST_TEST(result.status == 6);
  BOOST_TEST(has(result.err, "failed to start (exit status 1)"));
}

BOOST_AUTO_TEST_CASE(is_where_a_map_inside_of_it_runs) {
  auto script = std::string{"for i in 1 2; do "} + TROUPE_TEST_PROGRAM
                + " map -- 'echo $PPID; true {}' ::: a; done";
  auto result = run({"run", "-n", "1", "--", "sh", "-c", script});
  BOOST_TEST(result.status == 0);
  auto pids = lines(result.out);
  BOOST_REQUIRE(pids.size() == 2u);
  BOOST_TEST(pids[0] == pids[1]);
}

BOOST_AUTO_TEST_CASE(is_an_engine_only_for_programs_that_can_be_one) {
  auto result = run({"run", "-n", "1", "--", "true"});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.err == "");
}

BOOST_AUTO_TEST_CASE(leaves_a_program_that_stands_alone) {
  program_options options;
  auto alone = program{{example()}, options};
  BOOST_TEST(alone.wait(limit) == 0);
  BOOST_TEST(alone.out() == "alone\n1\n4\n9\n");
}

BOOST_AUTO_TEST_SUITE_END()
