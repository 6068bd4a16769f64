// SPDX-License-Identifier: BSL-1.0

#include "map/map_job.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe;
using namespace troupe::apps;

using words = std::vector<std::string>;

BOOST_AUTO_TEST_SUITE(map_job_suite)

BOOST_AUTO_TEST_CASE(splits_at_each_separator) {
  BOOST_TEST((split("a,b,,c", ",") == words{"a", "b", "", "c"}));
  BOOST_TEST((split("a, b", ", ") == words{"a", "b"}));
  BOOST_TEST((split(",", ",") == words{"", ""}));
  BOOST_TEST((split("", ",") == words{""}));
}

BOOST_AUTO_TEST_CASE(splits_nothing_without_a_separator) {
  BOOST_TEST((split("a,b", "") == words{"a,b"}));
}

BOOST_AUTO_TEST_CASE(has_refused_inputs_ready) {
  auto x = refused_batch("a", 5, error{errc::usage, "no"});
  BOOST_TEST(x->size() == 1u);
  BOOST_TEST(x->done() == 1u);
  BOOST_TEST(x->ready(0));
  auto refused = x->take(0, forever);
  BOOST_REQUIRE(refused.has_value());
  BOOST_TEST(refused->input == "a");
  BOOST_TEST(refused->number == 5u);
  BOOST_TEST(!refused->ok());
  BOOST_TEST((refused->engine == no_engine));
}

BOOST_AUTO_TEST_SUITE_END()
