// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/prefetch.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe;

namespace {

/// Returns the limit after many tasks of `run_ns` each.
load_limit limit_for(std::uint64_t run_ns) {
  prefetch pace{0};
  for (auto i = 0; i < 100; ++i)
    pace.record(run_ns);
  return pace.limit();
}

std::uint32_t hwm_for(std::uint64_t run_ns) {
  return limit_for(run_ns).hwm;
}

} // namespace

BOOST_AUTO_TEST_SUITE(prefetch_suite)

BOOST_AUTO_TEST_CASE(a_fixed_hwm_stays) {
  prefetch pace{17};
  BOOST_TEST(pace.limit().hwm == 17u);
  pace.record(1);
  BOOST_TEST(pace.limit().hwm == 17u);
  pace.record(1'000'000'000);
  BOOST_TEST(pace.limit().hwm == 17u);
}

BOOST_AUTO_TEST_CASE(starts_slowly) {
  BOOST_TEST(prefetch{0}.limit().hwm == prefetch::initial_hwm);
}

BOOST_AUTO_TEST_CASE(the_first_result_counts_in_full) {
  prefetch pace{0};
  pace.record(80'000);
  BOOST_TEST(pace.limit().hwm == 201u);
}

BOOST_AUTO_TEST_CASE(short_tasks_go_out_in_groups) {
  BOOST_TEST((limit_for(80'000) == load_limit{201, 100}));
  BOOST_TEST((limit_for(400'000) == load_limit{41, 20}));
  BOOST_TEST((limit_for(1'000'000) == load_limit{17, 8}));
  BOOST_TEST((limit_for(2'000'000) == load_limit{9, 4}));
}

BOOST_AUTO_TEST_CASE(tasks_of_some_milliseconds_go_out_one_by_one) {
  BOOST_TEST((limit_for(2'100'000) == load_limit{4, 3}));
  BOOST_TEST((limit_for(7'900'000) == load_limit{2, 1}));
}

BOOST_AUTO_TEST_CASE(long_tasks_are_not_prefetched) {
  BOOST_TEST(hwm_for(8'000'000) == 1u);
  BOOST_TEST(hwm_for(60'000'000'000) == 1u);
  BOOST_TEST(hwm_for(0xFFFFFFFFFFFFFFFF) == 1u);
}

BOOST_AUTO_TEST_CASE(one_task_waits_unless_the_round_trip_is_negligible) {
  using namespace std::chrono_literals;
  auto hwm = [](std::uint64_t run_ns, std::chrono::nanoseconds round_trip) {
    prefetch pace{0};
    pace.record(run_ns);
    pace.record_round_trip(round_trip);
    return pace.limit().hwm;
  };
  BOOST_TEST(hwm(8'000'000, 300us) == 2u);
  BOOST_TEST(hwm(16'000'000, 300us) == 2u);
  BOOST_TEST(hwm(29'000'000, 300us) == 2u);
  BOOST_TEST(hwm(31'000'000, 300us) == 1u);
  BOOST_TEST(hwm(8'000'000, 10us) == 1u);
  // A clock that seems to run backwards is no reason to wait.
  BOOST_TEST(hwm(8'000'000, -10ms) == 1u);
}

BOOST_AUTO_TEST_CASE(tasks_of_seconds_do_not_wait_however_far_the_engine) {
  using namespace std::chrono_literals;
  prefetch pace{0};
  pace.record(1'000'000'000);
  pace.record_round_trip(500ms);
  BOOST_TEST(pace.limit().hwm == 1u);
}

BOOST_AUTO_TEST_CASE(a_round_trip_is_an_average) {
  using namespace std::chrono_literals;
  prefetch pace{0};
  pace.record(20'000'000);
  for (auto i = 0; i < 100; ++i)
    pace.record_round_trip(100us);
  BOOST_TEST(pace.limit().hwm == 1u);
  for (auto i = 0; i < 100; ++i)
    pace.record_round_trip(400us);
  BOOST_TEST(pace.limit().hwm == 2u);
}

BOOST_AUTO_TEST_CASE(the_shortest_tasks_meet_the_limit) {
  BOOST_TEST(hwm_for(0) == limits::max_auto_hwm);
  BOOST_TEST((limit_for(1)
              == load_limit{limits::max_auto_hwm, limits::max_auto_hwm / 2}));
}

BOOST_AUTO_TEST_CASE(shorter_tasks_never_mean_a_smaller_hwm) {
  auto last = std::uint32_t{1};
  for (auto run_ns = std::uint64_t{4'000'000}; run_ns > 0; run_ns -= 1'000) {
    auto [hwm, refill] = limit_for(run_ns);
    BOOST_REQUIRE(hwm >= last);
    BOOST_REQUIRE(refill < hwm);
    last = hwm;
  }
}

BOOST_AUTO_TEST_CASE(one_long_task_shows_at_once_and_is_forgotten) {
  prefetch pace{0};
  for (auto i = 0; i < 100; ++i)
    pace.record(1'000);
  pace.record(1'000'000'000);
  BOOST_TEST(pace.limit().hwm == 1u);
  for (auto i = 0; i < 100; ++i)
    pace.record(1'000);
  BOOST_TEST(pace.limit().hwm > 200u);
}

BOOST_AUTO_TEST_SUITE_END()
