// SPDX-License-Identifier: BSL-1.0

#include "system/support/sandbox.hpp"

using namespace troupe::test;

namespace {

struct fixture : sandbox {
  /// Returns lines 1 to 1000, squared.
  static std::string squares() {
    std::string result;
    for (auto i = 1; i <= 1000; ++i)
      result += std::to_string(i * i) + '\n';
    return result;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(map_command_suite, fixture)

BOOST_AUTO_TEST_CASE(counts_the_lines_of_files_in_order) {
  file("a.md", "1\n2\n");
  file("b.md", "1\n");
  file("c.md", "");
  auto result = pipe("a.md\nb.md\nc.md\n",
                     {"map", "-n", "4", "--", "wc", "-l", "{}"});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.out == "2 a.md\n1 b.md\n0 c.md\n");
  BOOST_TEST(result.err == "");
}

BOOST_AUTO_TEST_CASE(computes_a_thousand_squares_in_order) {
  auto result = pipe(sequence(1, 1000), {"map", "-n", "4", "--", "sh", "-c",
                                         "echo $(( {} * {} ))"});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.out == squares());
  BOOST_TEST(result.err == "");
}

BOOST_AUTO_TEST_CASE(names_each_input_that_failed) {
  auto result = pipe("x\ny\n", {"map", "-n", "2", "--", "false"});
  BOOST_TEST(result.status == 1);
  BOOST_TEST(result.out == "");
  BOOST_TEST(has(result.err, "failed: input 1 (\"x\"), exit status 1, engine"));
  BOOST_TEST(has(result.err, "failed: input 2 (\"y\"), exit status 1, engine"));
  BOOST_TEST(has(result.err, "2 inputs, 2 failed"));
}

BOOST_AUTO_TEST_CASE(loses_none_of_those_that_succeed) {
  auto script = "test $(( {} % 10 )) != 0 || { echo no {} >&2; exit 3; }; "
                "echo {}";
  auto result = pipe(sequence(1, 200),
                     {"map", "-n", "2", "--", "sh", "-c", script});
  BOOST_TEST(result.status == 1);
  std::string expected;
  for (auto i = 1; i <= 200; ++i)
    if (i % 10 != 0)
      expected += std::to_string(i) + '\n';
  BOOST_TEST(result.out == expected);
  for (auto i = 10; i <= 200; i += 10)
    BOOST_TEST(has(result.err, "failed: input " + std::to_string(i) + " (\""
                                 + std::to_string(i)
                                 + "\"), exit status 3, engine"));
  BOOST_TEST(has(result.err, "  | no 200\n"));
  BOOST_TEST(has(result.err, "200 inputs, 20 failed"));
}

BOOST_AUTO_TEST_CASE(reports_a_missing_program_per_input) {
  auto result = run({"map", "-n", "1", "--", "nosuch", ":::", "a"});
  BOOST_TEST(result.status == 1);
  BOOST_TEST(has(result.err, "failed: input 1 (\"a\"), exit status 127"));
  BOOST_TEST(
    has(result.err, "cannot start \"nosuch\": No such file or directory"));
}

BOOST_AUTO_TEST_CASE(reports_the_signal_that_ended_a_command) {
  auto result =
    run({"map", "-n", "1", "--", "kill -9 $$; true {}", ":::", "a"});
  BOOST_TEST(result.status == 1);
  BOOST_TEST(has(result.err, "killed by signal 9 (Killed)"));
}

BOOST_AUTO_TEST_CASE(runs_again_what_failed) {
  auto script = "echo x >> {}; test $(wc -l < {}) -ge 3";
  auto result = run({"map", "-n", "1", "--json", "--retries", "5", "--", script,
                     ":::", path("log")});
  BOOST_TEST(result.status == 0);
  auto item = nlohmann::json::parse(result.out);
  BOOST_TEST(item.at("attempts") == 3);
  BOOST_TEST(item.at("ok") == true);
}

BOOST_AUTO_TEST_CASE(runs_where_it_was_called) {
  auto result = run({"map", "-n", "2", "--", "pwd; true {}", ":::", "a", "b"});
  BOOST_TEST(result.out
             == path("").substr(0, path("").size() - 1) + "\n"
                  + path("").substr(0, path("").size() - 1) + "\n");
}

BOOST_AUTO_TEST_CASE(does_not_make_commands_engines) {
  auto result =
    run({"map", "-n", "1", "--", TROUPE_TEST_PROGRAM, ":::", "version"});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(has(result.out, "protocol"));
}

BOOST_AUTO_TEST_CASE(does_not_wait_for_background_processes) {
  auto result = run({"map", "-n", "1", "--", "sleep 20 & echo {}", ":::", "a"});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.out == "a\n");
}

BOOST_AUTO_TEST_CASE(carries_large_outputs) {
  auto result = run({"map", "-n", "2", "--", "head -c {} /dev/zero",
                     ":::", "3000000", "1", "2000000"});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.out == std::string(5000001, '\0'));
}

// -- registered functions -----------------------------------------------------

BOOST_AUTO_TEST_CASE(calls_a_function_of_a_library) {
  auto result = run(
    {"map", "-n", "2", "--task", "nap", "--load", library(), "3", "1", "2"});
  BOOST_TEST(result.err == "");
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.out == "3\n1\n2\n");
}

BOOST_AUTO_TEST_CASE(splits_inputs_into_arguments) {
  auto result = pipe("1,2\n30,4\n", {"map", "-n", "2", "--task", "add",
                                     "--load", library(), "--colsep", ","});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.out == "3\n34\n");
}

BOOST_AUTO_TEST_CASE(reports_what_a_function_throws) {
  auto result = run({"map", "-n", "1", "--task", "refuse_odd", "--load",
                     library(), ":::", "2", "3"});
  BOOST_TEST(result.status == 1);
  BOOST_TEST(result.out == "2\n");
  BOOST_TEST(has(result.err, "failed: input 2 (\"3\")"));
  BOOST_TEST(has(result.err, "3 is odd"));
}

BOOST_AUTO_TEST_CASE(refuses_an_unknown_function_with_similar_names) {
  auto result =
    run({"map", "-n", "1", "--task", "npa", "--load", library(), "1"});
  BOOST_TEST(result.status == 1);
  BOOST_TEST(has(result.err, "npa"));
  BOOST_TEST(has(result.err, "nap"));
}

BOOST_AUTO_TEST_CASE(refuses_a_wrong_number_of_arguments) {
  auto result =
    run({"map", "-n", "1", "--task", "add", "--load", library(), "1"});
  BOOST_TEST(result.status == 2);
  BOOST_TEST(has(result.err, "2 arguments"));
}

BOOST_AUTO_TEST_CASE(reports_arguments_that_make_no_sense) {
  auto result =
    run({"map", "-n", "1", "--task", "nap", "--load", library(), "1", "one"});
  BOOST_TEST(result.status == 1);
  BOOST_TEST(result.out == "1\n");
  BOOST_TEST(has(result.err, "failed: input 2 (\"one\")"));
}

BOOST_AUTO_TEST_CASE(goes_on_behind_a_wrong_number_of_arguments) {
  auto result = pipe("1,2\n1\n3,4\n", {"map", "-n", "1", "--task", "add",
                                       "--load", library(), "--colsep", ","});
  BOOST_TEST(result.status == 1);
  BOOST_TEST(result.out == "3\n7\n");
  BOOST_TEST(has(result.err, "failed: input 2 (\"1\")"));
}

BOOST_AUTO_TEST_SUITE_END()
