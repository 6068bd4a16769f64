// SPDX-License-Identifier: BSL-1.0

#include "harness/compare.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::perf;

namespace {

/// What a test says about a figure.
struct figures {
  double median = 0;
  double mad = 0;
  double spread = 0;
};

row summary_of(const std::string& path, const std::string& metric, figures x,
               unsigned runs = 5) {
  row result;
  result.set("bench", "flood").set("path", path).set("engines", 4);
  result.set(metric, x.median).set(metric + "_mad", x.mad);
  result.set(metric + "_min", x.median - x.spread);
  result.set(metric + "_max", x.median + x.spread);
  return result.set("repeat", runs).set("summary", true);
}

row ratio_of(const std::string& metric, double x) {
  row result;
  result.set("bench", "flood").set("path", "ratio").set("engines", 4);
  return result.set(metric, x).set("repeat", 5).set("ratio", true);
}

/// What became of one figure.
verdict outcome(const std::string& metric, figures before, figures after,
                double bound = 10, const std::string& path = "actor") {
  auto result = compare({summary_of(path, metric, before)},
                        {summary_of(path, metric, after)}, bound);
  BOOST_REQUIRE(result.changes.size() == 1u);
  return result.changes.front().what;
}

/// The same with a raw twin.
verdict outcome_beside_raw(figures before, double ratio_before, figures after,
                           double ratio_after) {
  auto metric = "sent_per_s";
  auto result = compare(
    {summary_of("actor", metric, before), ratio_of(metric, ratio_before)},
    {summary_of("actor", metric, after), ratio_of(metric, ratio_after)}, 10);
  BOOST_REQUIRE(result.changes.size() == 1u);
  return result.changes.front().what;
}

} // namespace

BOOST_TEST_DONT_PRINT_LOG_VALUE(verdict)
BOOST_TEST_DONT_PRINT_LOG_VALUE(direction)

BOOST_AUTO_TEST_SUITE(compare_suite)

BOOST_AUTO_TEST_CASE(units_tell_what_is_better) {
  for (auto name : {"sent_per_s", "msgs_per_s", "mb_per_s", "rate_per_s",
                    "roundtrip_mb_per_s", "efficiency"})
    BOOST_TEST(direction_of(name) == direction::up, name);
  for (auto name : {"median_us", "p99_us", "submit_ms", "bulk_s", "encode_ns",
                    "bytes", "idle_mb", "per_task_b", "loaded_to_idle"})
    BOOST_TEST(direction_of(name) == direction::down, name);
  for (auto name : {"released", "threshold_send", "repeat", ""})
    BOOST_TEST(direction_of(name) == direction::none, name);
}

BOOST_AUTO_TEST_CASE(less_is_worse_for_rates_and_better_for_times) {
  BOOST_TEST(outcome("a_per_s", {100}, {70}) == verdict::worse);
  BOOST_TEST(outcome("a_per_s", {70}, {100}) == verdict::better);
  BOOST_TEST(outcome("a_us", {100}, {70}) == verdict::better);
  BOOST_TEST(outcome("a_us", {70}, {100}) == verdict::worse);
  BOOST_TEST(outcome("released", {70}, {100}) == verdict::same);
}

BOOST_AUTO_TEST_CASE(moves_within_the_bound_are_none) {
  BOOST_TEST(outcome("a_per_s", {100}, {91}) == verdict::same);
  BOOST_TEST(outcome("a_per_s", {100}, {89}) == verdict::worse);
  BOOST_TEST(outcome("a_per_s", {100}, {89}, 20) == verdict::same);
  BOOST_TEST(outcome("a_us", {91}, {100}) == verdict::same);
  BOOST_TEST(outcome("a_us", {89}, {100}) == verdict::worse);
  BOOST_TEST(outcome("a_us", {99}, {100}, 0) == verdict::worse);
  BOOST_TEST(outcome("a_us", {100}, {100}, 0) == verdict::same);
}

BOOST_AUTO_TEST_CASE(overlapping_notches_are_no_change) {
  // 3.14 * 8 / sqrt(5) = 11.2 on each side.
  BOOST_TEST(outcome("a_per_s", {100, 8}, {78, 8}) == verdict::same);
  BOOST_TEST(outcome("a_per_s", {100, 8}, {77, 8}) == verdict::worse);
  BOOST_TEST(outcome("a_per_s", {100, 0}, {78, 8}) == verdict::worse);
}

BOOST_AUTO_TEST_CASE(more_runs_make_the_notch_smaller) {
  auto before = summary_of("actor", "a_per_s", {100, 8}, 20);
  auto after = summary_of("actor", "a_per_s", {78, 8}, 20);
  BOOST_TEST(compare({before}, {after}, 10).count(verdict::worse) == 1u);
}

BOOST_AUTO_TEST_CASE(ranges_without_room_between_them_are_no_change) {
  BOOST_TEST(outcome("a_per_s", {100, 0, 15}, {70, 0, 15}) == verdict::same);
  // The wider range is 20, so that there have to be more than 5 between them.
  BOOST_TEST(outcome("a_per_s", {100, 0, 15}, {70, 0, 10}) == verdict::same);
  BOOST_TEST(outcome("a_per_s", {100, 0, 14}, {70, 0, 10}) == verdict::same);
  BOOST_TEST(outcome("a_per_s", {100, 0, 14}, {70, 0, 8}) == verdict::worse);
}

BOOST_AUTO_TEST_CASE(the_raw_path_shows_the_machine) {
  BOOST_TEST(outcome("a_per_s", {100}, {70}, 10, "raw") == verdict::machine);
  BOOST_TEST(outcome("a_per_s", {100}, {99}, 10, "raw") == verdict::same);
}

BOOST_AUTO_TEST_CASE(a_change_that_the_raw_twin_shares_is_the_machines) {
  BOOST_TEST(outcome_beside_raw({100}, 0.5, {70}, 0.5) == verdict::machine);
  BOOST_TEST(outcome_beside_raw({100}, 0.5, {70}, 0.46) == verdict::machine);
  BOOST_TEST(outcome_beside_raw({100}, 0.5, {70}, 0.35) == verdict::worse);
  BOOST_TEST(outcome_beside_raw({70}, 0.35, {100}, 0.5) == verdict::better);
  // Better, although the machine became slower still.
  BOOST_TEST(outcome_beside_raw({100}, 0.5, {70}, 0.8) == verdict::machine);
}

BOOST_AUTO_TEST_CASE(a_figure_of_zero_can_change) {
  BOOST_TEST(outcome("a_us", {0}, {1}) == verdict::worse);
  BOOST_TEST(outcome("a_us", {1}, {0}) == verdict::better);
  BOOST_TEST(outcome("a_us", {0}, {0}) == verdict::same);
}

BOOST_AUTO_TEST_CASE(rows_match_by_what_they_measured) {
  auto x = summary_of("actor", "a_us", {100});
  auto y = summary_of("actor", "a_us", {100});
  y.set("engines", 8);
  auto result = compare({x, y}, {y}, 10);
  BOOST_TEST(result.changes.size() == 1u);
  BOOST_TEST(result.only_before.size() == 1u);
  BOOST_TEST(result.only_after.empty());
  result = compare({x}, {y, x}, 10);
  BOOST_TEST(result.changes.size() == 1u);
  BOOST_TEST(result.only_after.size() == 1u);
  BOOST_TEST(compare({x}, {y}, 10).changes.empty());
}

BOOST_AUTO_TEST_CASE(rows_may_differ_in_their_figures_alone) {
  auto rate = summary_of("actor", "sent_per_s", {100});
  auto result = compare({rate, summary_of("actor", "p99_us", {50})},
                        {rate, summary_of("actor", "p99_us", {90})}, 10);
  BOOST_REQUIRE(result.changes.size() == 2u);
  BOOST_TEST(result.changes[0].what == verdict::same);
  BOOST_TEST(result.changes[1].metric == "p99_us");
  BOOST_TEST(result.changes[1].after == 90);
  BOOST_TEST(result.changes[1].what == verdict::worse);
}

BOOST_AUTO_TEST_CASE(several_runs_in_a_file_count_as_one) {
  auto slow = summary_of("actor", "sent_per_s", {70});
  auto fast = summary_of("actor", "sent_per_s", {100});
  auto result = compare({fast, slow, fast}, {slow}, 10);
  BOOST_REQUIRE(result.changes.size() == 1u);
  BOOST_TEST(result.changes[0].before == 100);
  BOOST_TEST(result.changes[0].what == verdict::same);
  BOOST_TEST(compare({fast, fast}, {slow, slow}, 10).count(verdict::worse)
             == 1u);
}

BOOST_AUTO_TEST_CASE(what_moves_no_further_than_the_raw_path_is_the_machines) {
  auto run = [](double raw, double actor) {
    auto other = summary_of("raw", "sent_per_s", {raw}).set("engines", 16);
    return std::vector<row>{other, summary_of("actor", "sent_per_s", {actor})};
  };
  auto verdict_of = [&](double raw, double actor) {
    return compare(run(100, 100), run(raw, actor), 10).changes.at(1).what;
  };
  BOOST_TEST(verdict_of(70, 75) == verdict::machine);
  BOOST_TEST(verdict_of(80, 75) == verdict::worse);
  BOOST_TEST(verdict_of(130, 75) == verdict::worse);
}

BOOST_AUTO_TEST_CASE(single_runs_are_left_out) {
  auto run = row{}.set("bench", "flood").set("path", "raw").set("a_us", 1.0);
  BOOST_TEST(compare({run}, {run}, 10).changes.empty());
}

BOOST_AUTO_TEST_CASE(the_text_has_a_line_per_figure_and_sums_up) {
  auto x = summary_of("actor", "a_us", {100});
  auto y = summary_of("actor", "a_us", {150});
  auto text = to_text(compare({x}, {y}, 10), false);
  BOOST_TEST(text.find("engines=4") != std::string::npos);
  BOOST_TEST(text.find("+50.0 %") != std::string::npos);
  BOOST_TEST(text.find("WORSE") != std::string::npos);
  BOOST_TEST(text.ends_with("1 figures: 1 worse, 0 better, 0 changed with the "
                            "machine, 0 the same\n"));
}

BOOST_AUTO_TEST_CASE(changes_alone_can_be_shown) {
  auto x = summary_of("actor", "a_us", {100});
  auto same = compare({x}, {x}, 10);
  BOOST_TEST(to_text(same, true).find("a_us") == std::string::npos);
  BOOST_TEST(to_text(same, false).find("a_us") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
