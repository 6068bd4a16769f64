// SPDX-License-Identifier: BSL-1.0

#include "map/quoting.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::apps;

BOOST_AUTO_TEST_SUITE(quoting_suite)

BOOST_AUTO_TEST_CASE(leaves_plain_words_alone) {
  BOOST_TEST(shell_quote("dir/a-b_c.txt") == "dir/a-b_c.txt");
}

BOOST_AUTO_TEST_CASE(quotes_whatever_a_shell_might_touch) {
  BOOST_TEST(shell_quote("") == "''");
  BOOST_TEST(shell_quote("a b") == "'a b'");
  BOOST_TEST(shell_quote("$HOME") == "'$HOME'");
  BOOST_TEST(shell_quote("it's") == "'it'\\''s'");
  BOOST_TEST(shell_quote("a\nb") == "'a\nb'");
  BOOST_TEST(shell_quote("\xc3\xbc") == "'\xc3\xbc'");
}

BOOST_AUTO_TEST_CASE(knows_commands_for_a_shell) {
  for (auto command : {"a b", "a|b", "$x", "a;b", "a>b", "`a`", "a*", "~/a"})
    BOOST_TEST(needs_shell(command), command);
  for (auto command : {"echo", "./a.out", "/bin/a-b", "{}", "x{.}", ""})
    BOOST_TEST(!needs_shell(command), command);
}

BOOST_AUTO_TEST_CASE(prints_control_characters_on_one_line) {
  BOOST_TEST(printable("a\nb\tc\r\x1b[1m\x7f") == "a\\nb\\tc\\r\\x1b[1m\\x7f");
}

BOOST_AUTO_TEST_CASE(cuts_between_characters) {
  BOOST_TEST(printable("abcdef", 6) == "abcdef");
  BOOST_TEST(printable("abcdef", 3) == "abc...");
  BOOST_TEST(printable("ab\xc3\xbc", 3) == "ab...");
  BOOST_TEST(printable("ab\xc3\xbcz", 4) == "ab\xc3\xbc...");
  BOOST_TEST(printable("\x80\x80\x80", 1) == "...");
}

BOOST_AUTO_TEST_SUITE_END()
