// SPDX-License-Identifier: BSL-1.0

#include "cli/help.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::apps;

BOOST_AUTO_TEST_SUITE(help_suite)

BOOST_AUTO_TEST_CASE(begins_with_examples) {
  for (auto& name : command_names()) {
    auto text = help_text(name);
    auto examples = text.find("EXAMPLES");
    BOOST_TEST(examples != text.npos, name);
    BOOST_TEST(examples < text.find("FLAGS"), name);
  }
}

BOOST_AUTO_TEST_CASE(lists_every_command_in_the_overview) {
  for (auto& name : command_names())
    BOOST_TEST(help_text("").find(name) != std::string_view::npos, name);
  BOOST_TEST(help_text("nosuch") == help_text(""));
}

BOOST_AUTO_TEST_CASE(fits_a_terminal) {
  constexpr auto columns = std::size_t{80};
  for (auto& name : command_names()) {
    std::string_view text = help_text(name);
    BOOST_TEST(text.ends_with('\n'));
    while (!text.empty()) {
      auto line = text.substr(0, text.find('\n'));
      BOOST_TEST(line.size() <= columns, name << ": " << line);
      text.remove_prefix(line.size() + 1);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
