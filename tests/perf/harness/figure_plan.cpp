// SPDX-License-Identifier: BSL-1.0

#include "harness/figure_plan.hpp"

#include <boost/test/unit_test.hpp>

using namespace troupe::perf;

namespace {

using points = std::vector<std::pair<double, double>>;

row summary(const char* path, std::size_t tasks, double rate,
            std::size_t engines = 4, std::size_t size = 16) {
  row result;
  result.set("bench", "flood").set("path", path).set("tasks", tasks);
  result.set("engines", engines).set("size", size).set("rate", rate);
  return result.set("other", rate * 2).set("summary", true);
}

figure_plan make_plan() {
  figure_plan result;
  result.bench = "flood";
  result.name = "flood";
  result.x = "tasks";
  result.metrics = {"rate"};
  result.panels = "engines";
  result.series = {"size"};
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(figure_plan_suite)

BOOST_AUTO_TEST_CASE(each_path_is_a_curve) {
  auto fig = to_figure(make_plan(),
                       {summary("raw", 1, 5), summary("actor", 1, 3),
                        summary("raw", 10, 6), summary("actor", 10, 4)});
  BOOST_REQUIRE(fig.panels.size() == 1u);
  BOOST_TEST(fig.panels[0].title == "engines 4");
  const auto& curves = fig.panels[0].curves;
  BOOST_REQUIRE(curves.size() == 2u);
  BOOST_TEST(curves[0].title == "raw");
  BOOST_CHECK(curves[0].points == (points{{1, 5}, {10, 6}}));
  BOOST_TEST(curves[1].title == "actor");
  BOOST_CHECK(curves[1].points == (points{{1, 3}, {10, 4}}));
  BOOST_TEST(curves[0].hue != curves[1].hue);
}

BOOST_AUTO_TEST_CASE(other_rows_are_left_out) {
  auto run = row{}.set("bench", "flood").set("path", "raw").set("tasks", 1);
  run.set("rate", 5.0);
  auto other = summary("raw", 1, 5);
  other.set("bench", "echo");
  BOOST_TEST(to_figure(make_plan(), {run, other}).panels.empty());
  BOOST_TEST(to_figure(make_plan(), {}).panels.empty());
}

BOOST_AUTO_TEST_CASE(each_value_of_the_panel_field_is_a_panel) {
  auto fig = to_figure(make_plan(),
                       {summary("raw", 1, 5, 4), summary("raw", 1, 5, 16)});
  BOOST_REQUIRE(fig.panels.size() == 2u);
  BOOST_TEST(fig.panels[1].title == "engines 16");
}

BOOST_AUTO_TEST_CASE(what_differs_is_in_the_title) {
  auto fig = to_figure(make_plan(), {summary("raw", 1, 5, 4, 16),
                                     summary("raw", 1, 5, 4, 64)});
  const auto& curves = fig.panels.at(0).curves;
  BOOST_REQUIRE(curves.size() == 2u);
  BOOST_TEST(curves[0].title == "raw, size 16");
  BOOST_TEST(curves[1].title == "raw, size 64");
  BOOST_TEST(curves[0].mark != curves[1].mark);
}

BOOST_AUTO_TEST_CASE(further_figures_are_dashed) {
  auto plan = make_plan();
  plan.metrics = {"rate", "other"};
  auto fig = to_figure(plan, {summary("raw", 1, 5)});
  const auto& curves = fig.panels.at(0).curves;
  BOOST_REQUIRE(curves.size() == 2u);
  BOOST_TEST(curves[0].title == "raw, rate");
  BOOST_TEST(!curves[0].dashed);
  BOOST_TEST(curves[1].dashed);
  BOOST_CHECK(curves[1].points == (points{{1, 10}}));
}

BOOST_AUTO_TEST_CASE(texts_below_the_axis_are_categories) {
  auto plan = make_plan();
  plan.x = "lane";
  auto x = summary("raw", 1, 5).set("lane", "own");
  auto y = summary("raw", 1, 6).set("lane", "nice");
  auto fig = to_figure(plan, {x, y});
  BOOST_TEST(fig.categories == (std::vector<std::string>{"own", "nice"}),
             boost::test_tools::per_element());
  BOOST_CHECK(fig.panels.at(0).curves.at(0).points == (points{{0, 5}, {1, 6}}));
}

BOOST_AUTO_TEST_CASE(what_a_logarithm_has_no_place_for_is_left_out) {
  auto fig = to_figure(make_plan(),
                       {summary("raw", 0, 5), summary("raw", 1, 0)});
  BOOST_CHECK(fig.panels.at(0).curves.at(0).points == (points{{1, 5}}));
}

BOOST_AUTO_TEST_CASE(what_others_published_is_in_each_panel) {
  auto plan = make_plan();
  plan.published = {{"theirs", {{1, 1}}, 2, false, true}};
  plan.levels = {{3, "level"}};
  plan.marks = {{2, "mark"}};
  auto fig = to_figure(plan,
                       {summary("raw", 1, 5, 4), summary("raw", 1, 5, 16)});
  for (const auto& x : fig.panels) {
    BOOST_TEST(x.curves.back().title == "theirs");
    BOOST_TEST(x.levels.size() == 1u);
    BOOST_TEST(x.marks.size() == 1u);
  }
}

BOOST_AUTO_TEST_SUITE_END()
