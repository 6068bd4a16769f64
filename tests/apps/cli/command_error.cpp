// SPDX-License-Identifier: BSL-1.0

#include "cli/command_error.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

using namespace troupe;
using namespace troupe::apps;

BOOST_AUTO_TEST_SUITE(command_error_suite)

BOOST_AUTO_TEST_CASE(prints_the_hint_below_the_sentence) {
  BOOST_TEST(to_text(usage_error("no", "do this"), false) == "no\n  do this\n");
  BOOST_TEST(to_text(usage_error("no"), false) == "no\n");
}

BOOST_AUTO_TEST_CASE(prints_json_on_one_line) {
  BOOST_TEST(to_text(usage_error("no \"x\"", "do"), true)
             == "{\"error\":{\"code\":\"usage\",\"exit\":2,\"message\":\"no "
                "\\\"x\\\"\",\"hint\":\"do\"}}\n");
  BOOST_TEST(nlohmann::json::accept(to_text(usage_error("\xff"), true)));
}

BOOST_AUTO_TEST_CASE(takes_over_errors_of_the_library) {
  command_error x{error{errc::no_cluster, "gone", "start one"}};
  BOOST_TEST(x.status == 3);
  BOOST_TEST(x.code == "no_cluster");
  BOOST_TEST(x.what() == "gone");
  BOOST_TEST(x.hint == "start one");
}

BOOST_AUTO_TEST_SUITE_END()
