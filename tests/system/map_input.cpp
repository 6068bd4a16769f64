// SPDX-License-Identifier: BSL-1.0

#include "system/support/sandbox.hpp"

#include <csignal>

using namespace troupe::test;

BOOST_FIXTURE_TEST_SUITE(map_input_suite, sandbox)

BOOST_AUTO_TEST_CASE(takes_inputs_behind_colons) {
  auto result =
    run({"map", "-n", "2", "--", "echo", "{}", "x", ":::", "a b", "", "c"});
  BOOST_TEST(result.out == "a b x\n x\nc x\n");
}

BOOST_AUTO_TEST_CASE(takes_inputs_from_a_file) {
  auto list = file("list", "a\nb");
  BOOST_TEST(run({"map", "-n", "2", "-a", list, "--", "echo"}).out == "a\nb\n");
}

BOOST_AUTO_TEST_CASE(refuses_a_file_that_cannot_be_read) {
  auto result = run({"map", "-n", "2", "-a", "nosuch", "--", "echo"});
  BOOST_TEST(result.status == 2);
  BOOST_TEST(result.err == "cannot read nosuch: No such file or directory\n");
  BOOST_TEST(run({"map", "-a", path(""), "--", "echo"}).status == 2);
}

BOOST_AUTO_TEST_CASE(does_nothing_without_inputs) {
  auto result = pipe("", {"map", "-n", "1", "--", "echo"});
  BOOST_TEST(result.status == 0);
  BOOST_TEST(result.out == "");
  BOOST_TEST(run({"map", "-n", "1", "--", "echo", ":::"}).status == 0);
}

BOOST_AUTO_TEST_CASE(passes_quotes_and_utf8_unharmed) {
  std::string input = "it's \"quoted\" $HOME `id` \\ * über 漢字 -n";
  for (auto command :
       {words{"printf", "%s\\n", "{}"}, words{"printf '%s\\n' {}"}}) {
    words args{"map", "-n", "1", "--"};
    args.insert(args.end(), command.begin(), command.end());
    auto result = pipe(input + '\n', args);
    BOOST_TEST(result.status == 0);
    BOOST_TEST(result.out == input + '\n');
  }
}

BOOST_AUTO_TEST_CASE(passes_line_breaks_between_nul_bytes) {
  using namespace std::string_literals;
  auto result = pipe("a\nb\0c\0"s,
                     {"map", "-n", "1", "-0", "--", "printf '[%s]' {}"});
  BOOST_TEST(result.out == "[a\nb][c]");
}

BOOST_AUTO_TEST_CASE(reports_a_line_that_is_no_argument) {
  // The kernel takes arguments of up to 128 KiB.
  auto result = pipe(std::string(1'000'000, 'x') + "\nshort\n",
                     {"map", "-n", "1", "--", "echo"});
  BOOST_TEST(result.status == 1);
  BOOST_TEST(result.out == "short\n");
  BOOST_TEST(has(result.err, "Argument list too long"));
  BOOST_TEST(result.err.size() < 1000);
}

BOOST_AUTO_TEST_CASE(carries_a_line_of_a_megabyte_to_a_function) {
  auto text = "7" + std::string(1'000'000, 'x');
  auto result = pipe(text + "\n8\n",
                     {"map", "-n", "1", "--task", "nap", "--load", library()});
  BOOST_TEST(result.status == 1);
  BOOST_TEST(result.out == "8\n");
}

BOOST_AUTO_TEST_CASE(prints_results_before_the_inputs_end) {
  program_options options;
  options.keep_stdin = true;
  auto map = start({"map", "-n", "1", "--", "echo"}, options);
  map->write("a\n");
  BOOST_TEST(wait_until([&] { return map->out() == "a\n"; }));
  map->write("b\nc");
  BOOST_TEST(wait_until([&] { return map->out() == "a\nb\n"; }));
  map->close_input();
  BOOST_TEST(map->wait(limit) == 0);
  BOOST_TEST(map->out() == "a\nb\nc\n");
}

BOOST_AUTO_TEST_CASE(reads_no_further_ahead_than_it_must) {
  program_options options;
  options.input = sequence(1, 200'000);
  auto map = start({"map", "-n", "1", "--", "sleep 30; true {}"}, options);
  BOOST_TEST(wait_until([&] { return processes().size() >= 4; }));
  auto status = json({"status"});
  BOOST_TEST(status.at("accepted").get<int>() <= 4096);
  map->signal_group(SIGINT);
  BOOST_TEST(map->wait(linger) == 130);
}

BOOST_AUTO_TEST_SUITE_END()
