// SPDX-License-Identifier: BSL-1.0

// Direct calls and broadcasts, with real processes.

#include "system/support/sandbox.hpp"

using namespace troupe::test;

BOOST_FIXTURE_TEST_SUITE(direct_suite, sandbox)

BOOST_AUTO_TEST_CASE(calls_reach_the_engines_that_they_name) {
  tell(TROUPE_TEST_DIRECT, "direct", 6);
}

BOOST_AUTO_TEST_CASE(broadcasts_have_a_status_per_engine) {
  tell(TROUPE_TEST_DIRECT, "broadcast", 8);
}

BOOST_AUTO_TEST_CASE(a_broadcast_is_in_the_controller_once) {
  tell(TROUPE_TEST_DIRECT, "memory", 2, 12);
}

BOOST_AUTO_TEST_CASE(a_tree_keeps_the_promises_of_one_scheduler) {
  tell(TROUPE_TEST_DIRECT, "tree", 8, 9, {"--broadcast-depth", "2"});
}

BOOST_AUTO_TEST_CASE(a_broadcast_is_in_the_controller_of_a_tree_once) {
  tell(TROUPE_TEST_DIRECT, "memory", 2, 12, {"--broadcast-depth", "2"});
}

BOOST_AUTO_TEST_CASE(a_tree_has_a_largest_depth) {
  auto result = run({"run", "-n", "1", "--broadcast-depth", "6", "--", "true"});
  BOOST_TEST(result.status == 2);
  BOOST_TEST(
    has(result.err, "6 is out of range: use 0 for no tree, or 1 to 5"));
}

BOOST_AUTO_TEST_CASE(arrays_and_inputs_are_divided) {
  tell(TROUPE_TEST_DIRECT, "partitions", 5);
}

BOOST_AUTO_TEST_CASE(calls_in_a_tree_are_cancelled_and_say_why_they_wait) {
  tell(TROUPE_TEST_DIRECT_CANCEL, "cancels", 7, 3, {"--broadcast-depth", "2"});
}

BOOST_AUTO_TEST_CASE(engines_in_a_tree_end_with_broadcasts_that_are_killed) {
  tell(TROUPE_TEST_DIRECT_CANCEL, "kills", 8, 3, {"--broadcast-depth", "2"});
}

BOOST_AUTO_TEST_CASE(calls_of_engines_that_die_in_a_tree_are_reported_once) {
  tell(TROUPE_TEST_DIRECT_CANCEL, "deaths", 5, 4, {"--broadcast-depth", "2"});
}

BOOST_AUTO_TEST_CASE(calls_are_cancelled_and_say_why_they_wait) {
  tell(TROUPE_TEST_DIRECT_CANCEL, "cancels", 7, 3);
}

BOOST_AUTO_TEST_CASE(engines_end_with_calls_that_are_killed) {
  tell(TROUPE_TEST_DIRECT_CANCEL, "kills", 8, 3);
}

BOOST_AUTO_TEST_CASE(calls_of_engines_that_die_are_reported_once) {
  tell(TROUPE_TEST_DIRECT_CANCEL, "deaths", 5);
}

BOOST_AUTO_TEST_SUITE_END()
