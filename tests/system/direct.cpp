// SPDX-License-Identifier: BSL-1.0

// Direct calls and broadcasts, with real processes.

#include "system/support/sandbox.hpp"

using namespace troupe::test;

namespace {

struct fixture : sandbox {
  /// Lets the program tell a story with engines of its own.
  void tell(const std::string& story, std::size_t promises,
            const std::string& engines = "4") {
    auto result = run({"run", "-n", engines, "--", TROUPE_TEST_DIRECT, story});
    BOOST_TEST(result.status == 0, result.err);
    std::size_t kept = 0;
    for (auto& line : lines(result.out)) {
      BOOST_TEST(line.starts_with("ok: "), line);
      ++kept;
    }
    BOOST_TEST(kept == promises, result.out + result.err);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(direct_suite, fixture)

BOOST_AUTO_TEST_CASE(calls_reach_the_engines_that_they_name) {
  tell("direct", 5);
}

BOOST_AUTO_TEST_CASE(broadcasts_have_a_status_per_engine) {
  tell("broadcast", 8);
}

BOOST_AUTO_TEST_CASE(a_broadcast_is_in_the_controller_once) {
  tell("memory", 2, "12");
}

BOOST_AUTO_TEST_CASE(arrays_and_inputs_are_divided) {
  tell("partitions", 5);
}

BOOST_AUTO_TEST_SUITE_END()
