// SPDX-License-Identifier: BSL-1.0

#include "map/command_template.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::apps;

namespace {

using words = std::vector<std::string>;

std::string joined(const words& xs) {
  std::string result;
  for (auto& x : xs)
    result += "[" + x + "]";
  return result;
}

/// Expands a command for input number 7.
std::string expanded(words command, std::string_view input) {
  return joined(command_template{std::move(command)}.expand(input, 7));
}

} // namespace

BOOST_AUTO_TEST_SUITE(command_template_suite)

BOOST_AUTO_TEST_CASE(replaces_like_gnu_parallel) {
  struct row {
    std::string_view input;
    std::string_view place;
    std::string_view expected;
  };
  // By the regular expressions in the manual of parallel(1).
  const row table[] = {
    {"dir/a.b.txt", "{}", "dir/a.b.txt"},
    {"dir/a.b.txt", "{.}", "dir/a.b"},
    {"dir/a.b.txt", "{/}", "a.b.txt"},
    {"dir/a.b.txt", "{//}", "dir"},
    {"dir/a.b.txt", "{/.}", "a.b"},
    {"dir/a.b.txt", "{#}", "7"},
    {"plain", "{.}", "plain"},
    {"plain", "{/}", "plain"},
    {"plain", "{//}", "."},
    {"plain", "{/.}", "plain"},
    {"d.d/plain", "{.}", "d.d/plain"},
    {"d.d/plain", "{/.}", "plain"},
    {"/a", "{//}", "/"},
    {"/", "{//}", "/"},
    {"a/b/", "{/}", ""},
    {"a/b/", "{//}", "a"},
    {"a//b", "{//}", "a"},
    {"end.", "{.}", "end."},
    {"", "{}", ""},
    {"", "{//}", "."},
  };
  for (auto& [input, place, expected] : table)
    BOOST_TEST(expanded({"x", std::string{place}}, input)
                 == "[x][" + std::string{expected} + "]",
               place << " of " << input);
}

BOOST_AUTO_TEST_CASE(replaces_everywhere_in_a_word) {
  BOOST_TEST(expanded({"cp", "{}", "{/.}-{#}.bak{}"}, "d/a.c")
             == "[cp][d/a.c][a-7.bakd/a.c]");
  BOOST_TEST(expanded({"{}"}, "ls") == "[ls]");
}

BOOST_AUTO_TEST_CASE(appends_the_input_to_a_command_without_places) {
  BOOST_TEST(expanded({"wc", "-l"}, "a b") == "[wc][-l][a b]");
  BOOST_TEST(expanded({"wc", "-l"}, "") == "[wc][-l][]");
}

BOOST_AUTO_TEST_CASE(leaves_other_braces_alone) {
  BOOST_TEST(expanded({"awk", "{print}", "{", "{x}", "}{", "{}"}, "f")
             == "[awk][{print}][{][{x}][}{][f]");
}

BOOST_AUTO_TEST_CASE(does_not_replace_in_inputs) {
  BOOST_TEST(expanded({"echo", "{}", "{.}"}, "{#}.x") == "[echo][{#}.x][{#}]");
}

BOOST_AUTO_TEST_CASE(gives_one_word_for_a_shell_to_a_shell) {
  command_template shell{{"wc -l < {} | cat"}};
  BOOST_TEST(shell.uses_shell());
  BOOST_TEST(joined(shell.expand("it's", 1))
             == "[/bin/sh][-c][wc -l < 'it'\\''s' | cat]");
  BOOST_TEST(expanded({"echo hi"}, "a b") == "[/bin/sh][-c][echo hi 'a b']");
}

BOOST_AUTO_TEST_CASE(executes_several_words_as_they_are) {
  command_template plain{{"sh", "-c", "echo {} | cat"}};
  BOOST_TEST(!plain.uses_shell());
  BOOST_TEST(joined(plain.expand("a b", 1)) == "[sh][-c][echo a b | cat]");
}

BOOST_AUTO_TEST_SUITE_END()
