// SPDX-License-Identifier: BSL-1.0

#include "system/support/sandbox.hpp"

using namespace troupe::test;

BOOST_FIXTURE_TEST_SUITE(map_output_suite, sandbox)

BOOST_AUTO_TEST_CASE(prints_one_object_per_input_in_order) {
  auto script = "echo {}; echo warn >&2; exit {}";
  auto result = pipe(sequence(0, 9),
                     {"map", "-n", "2", "--json", "--", script});
  BOOST_TEST(result.status == 1);
  auto index = 0;
  for (auto& line : lines(result.out)) {
    auto item = nlohmann::json::parse(line);
    BOOST_TEST(item.size() == 10);
    BOOST_TEST(item.at("input") == std::to_string(index));
    BOOST_TEST(item.at("stdout") == std::to_string(index) + "\n");
    BOOST_TEST(item.at("stderr") == "warn\n");
    BOOST_TEST(item.at("status") == index);
    BOOST_TEST(item.at("signal").is_null());
    BOOST_TEST(item.at("engine").is_number());
    BOOST_TEST(item.at("seconds").is_number());
    BOOST_TEST(item.at("attempts") == 1);
    BOOST_TEST(item.at("ok") == (index == 0));
    BOOST_TEST(item.at("index") == ++index);
  }
  BOOST_TEST(index == 10);
}

BOOST_AUTO_TEST_CASE(prints_valid_json_for_bytes_that_are_no_text) {
  auto result = run(
    {"map", "-n", "1", "--json", "--", "printf '\\377\\0' {}", ":::", "\xff"});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(nlohmann::json::accept(result.out));
}

BOOST_AUTO_TEST_CASE(passes_what_commands_say_on_stderr) {
  auto result =
    run({"map", "-n", "1", "--", "echo out; echo {} >&2", ":::", "a", "b"});
  BOOST_TEST(result.out == "out\nout\n");
  BOOST_TEST(result.err == "a\nb\n");
}

BOOST_AUTO_TEST_CASE(draws_a_bar_that_counts_items_on_a_terminal) {
  program_options options;
  options.terminal = true;
  auto result = run({"map", "-n", "2", "--bar", "--", "sleep 0.2; echo {}",
                     ":::", "1", "2", "3", "4"},
                    options);
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.out == "1\n2\n3\n4\n");
  BOOST_TEST(has(result.err, "/4"));
  BOOST_TEST(has(result.err, "%"));
}

BOOST_AUTO_TEST_CASE(draws_no_bar_into_a_pipe) {
  auto result = run(
    {"map", "-n", "2", "--bar", "--", "sleep 0.2; echo {}", ":::", "1", "2"});
  BOOST_TEST(result.out == "1\n2\n");
  BOOST_TEST(result.err == "");
}

BOOST_AUTO_TEST_CASE(draws_no_bar_where_nothing_may_move) {
  program_options options;
  options.terminal = true;
  options.environment = {{"NO_COLOR", "1"}};
  auto result = run({"map", "-n", "2", "--bar", "--", "sleep 0.2; echo {}",
                     ":::", "1", "2"},
                    options);
  BOOST_TEST(result.err == "");
}

BOOST_AUTO_TEST_CASE(ends_quietly_when_nobody_reads) {
  program_options options;
  options.input = sequence(1, 100'000);
  auto map = start({"map", "-n", "2", "--", "echo"}, options);
  BOOST_TEST(wait_until([&] { return !map->out().empty(); }));
  map->close_output();
  BOOST_TEST(map->wait(limit) == 141);
  BOOST_TEST(map->err() == "");
}

BOOST_AUTO_TEST_CASE(fails_if_there_is_no_stdout) {
  program_options options;
  options.no_stdout = true;
  auto result = run({"map", "-n", "1", "--", "echo", ":::", "a"}, options);
  BOOST_TEST(result.status == 1);
  BOOST_TEST(has(result.err, "cannot write to stdout"));
}

BOOST_AUTO_TEST_SUITE_END()
