// SPDX-License-Identifier: BSL-1.0

// Graphs of tasks, and what the original gets wrong, with real processes.

#include "system/support/sandbox.hpp"

using namespace troupe::test;

BOOST_FIXTURE_TEST_SUITE(graphs_suite, sandbox)

BOOST_AUTO_TEST_CASE(a_hundred_thousand_tasks_fan_out_and_in) {
  tell(TROUPE_TEST_GRAPH, "fans", 1);
}

BOOST_AUTO_TEST_CASE(a_chain_of_ten_thousand_tasks_runs_in_order) {
  tell(TROUPE_TEST_GRAPH, "chain", 1);
}

BOOST_AUTO_TEST_CASE(a_link_that_fails_ends_the_chain) {
  tell(TROUPE_TEST_CHAIN, "broken", 3);
}

BOOST_AUTO_TEST_CASE(a_link_that_runs_again_holds_up_the_chain) {
  tell(TROUPE_TEST_CHAIN, "retried", 2);
}

BOOST_AUTO_TEST_CASE(a_chain_outlives_a_killed_engine) {
  tell(TROUPE_TEST_CHAIN, "killed", 3);
}

BOOST_AUTO_TEST_CASE(tasks_for_a_busy_engine_keep_their_order) {
  tell(TROUPE_TEST_GRAPH, "order", 2);
}

BOOST_AUTO_TEST_CASE(more_retries_than_engines_end_and_are_counted) {
  tell(TROUPE_TEST_GRAPH, "retries", 2);
}

BOOST_AUTO_TEST_CASE(a_killed_engine_is_known_at_once) {
  tell(TROUPE_TEST_GRAPH, "loss", 2);
}

BOOST_AUTO_TEST_SUITE_END()
