// SPDX-License-Identifier: BSL-1.0

#include "cli/split_arguments.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::apps;

using words = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(split_arguments_suite)

BOOST_AUTO_TEST_CASE(has_flags_only_without_separators) {
  auto x = split_words({"-n", "4"});
  BOOST_TEST((x.flags == words{"-n", "4"}));
  BOOST_TEST(!x.has_command);
  BOOST_TEST(!x.has_inputs);
}

BOOST_AUTO_TEST_CASE(splits_at_dashes_and_colons) {
  auto x =
    split_words({"-n", "4", "--", "echo", "-n", ":::", "a", "--", ":::"});
  BOOST_TEST((x.flags == words{"-n", "4"}));
  BOOST_TEST((x.command == words{"echo", "-n"}));
  BOOST_TEST((x.inputs == words{"a", "--", ":::"}));
  BOOST_TEST(x.has_command);
  BOOST_TEST(x.has_inputs);
}

BOOST_AUTO_TEST_CASE(takes_inputs_without_a_command) {
  auto x = split_words({"--task", "f", ":::", "1", "2"});
  BOOST_TEST((x.flags == words{"--task", "f"}));
  BOOST_TEST((x.inputs == words{"1", "2"}));
  BOOST_TEST(!x.has_command);
}

BOOST_AUTO_TEST_CASE(knows_empty_parts_from_missing_ones) {
  BOOST_TEST(split_words({"--"}).has_command);
  BOOST_TEST(split_words({"--", ":::"}).has_inputs);
}

BOOST_AUTO_TEST_CASE(moves_the_command_to_the_front) {
  BOOST_TEST((command_first({"--json", "status", "-v"})
              == words{"status", "--json", "-v"}));
  BOOST_TEST((command_first({"-c", "prod", "map", "--", "x"})
              == words{"map", "-c", "prod", "--", "x"}));
  BOOST_TEST((command_first({"--timeout", "5s", "ps"})
              == words{"ps", "--timeout", "5s"}));
}

BOOST_AUTO_TEST_CASE(leaves_lines_without_a_command_alone) {
  for (auto& x :
       {words{}, words{"--help"}, words{"-c"}, words{"-q", "--", "x"}})
    BOOST_TEST((command_first(x) == x));
}

BOOST_AUTO_TEST_SUITE_END()
