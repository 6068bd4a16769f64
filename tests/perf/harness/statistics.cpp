// SPDX-License-Identifier: BSL-1.0

#include "harness/statistics.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <random>

using namespace troupe::perf;

BOOST_AUTO_TEST_SUITE(statistics_suite)

BOOST_AUTO_TEST_CASE(the_median_is_the_value_in_the_middle) {
  BOOST_TEST(median({7}) == 7);
  BOOST_TEST(median({9, 1, 5}) == 5);
  BOOST_TEST(median({9, 1, 5, 100}) == 7);
}

BOOST_AUTO_TEST_CASE(a_quantile_is_one_of_the_values) {
  std::vector<double> xs;
  for (int i = 1000; i > 0; --i)
    xs.push_back(i);
  BOOST_TEST(quantile(xs, 0) == 1);
  BOOST_TEST(quantile(xs, 0.5) == 500);
  BOOST_TEST(quantile(xs, 0.99) == 990);
  BOOST_TEST(quantile(xs, 1) == 1000);
  BOOST_TEST(quantile({3}, 0.99) == 3);
}

BOOST_AUTO_TEST_CASE(a_summary_holds_median_mad_and_range) {
  auto x = summarize({1, 1, 2, 2, 4, 6, 9});
  BOOST_TEST(x.median == 2);
  BOOST_TEST(x.mad == 1);
  BOOST_TEST(x.min == 1);
  BOOST_TEST(x.max == 9);
}

BOOST_AUTO_TEST_CASE(one_disturbed_run_changes_little) {
  auto calm = summarize({100, 101, 99, 100, 100});
  auto disturbed = summarize({100, 101, 99, 100, 5});
  BOOST_TEST(calm.median == disturbed.median);
  BOOST_TEST(disturbed.mad <= 1);
}

BOOST_AUTO_TEST_CASE(a_single_run_has_no_deviation) {
  auto x = summarize({42});
  BOOST_TEST(x.median == 42);
  BOOST_TEST(x.mad == 0);
}

BOOST_AUTO_TEST_CASE(a_shift_moves_the_median_and_keeps_the_mad) {
  std::minstd_rand random{7};
  std::uniform_int_distribution<int> number{0, 1000};
  for (int round = 0; round < 100; ++round) {
    std::vector<double> xs(1 + round % 9);
    for (auto& x : xs)
      x = number(random);
    auto before = summarize(xs);
    for (auto& x : xs)
      x += 10;
    auto after = summarize(xs);
    BOOST_TEST(after.median == before.median + 10);
    BOOST_TEST(after.mad == before.mad);
    BOOST_TEST(after.min <= after.median);
    BOOST_TEST(after.median <= after.max);
  }
}

BOOST_AUTO_TEST_SUITE_END()
