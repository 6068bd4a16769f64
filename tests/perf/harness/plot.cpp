// SPDX-License-Identifier: BSL-1.0

#include "harness/plot.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using namespace troupe::perf;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

figure make_figure() {
  figure result;
  result.name = "rates";
  result.title = "Rates";
  result.x_label = "bytes";
  panel first{"tcp", {{"it's raw", {{100, 2.5}, {1000, 3.5}}}}, {}};
  first.marks.emplace_back(400, "here");
  result.panels = {first, {"ipc", {{"none", {}}}, {}}};
  return result;
}

} // namespace

BOOST_AUTO_TEST_SUITE(plot_suite)

BOOST_AUTO_TEST_CASE(a_figure_is_a_program_with_its_data) {
  auto text = to_gnuplot(make_figure());
  BOOST_TEST(contains(text, "100 2.5\n1000 3.5\n"));
  BOOST_TEST(contains(text, "layout 1,2"));
  BOOST_TEST(contains(text, "set label 'here' at 400"));
}

BOOST_AUTO_TEST_CASE(quotes_in_titles_are_doubled) {
  BOOST_TEST(contains(to_gnuplot(make_figure()), "'it''s raw'"));
}

BOOST_AUTO_TEST_CASE(a_panel_without_points_draws_nothing) {
  BOOST_TEST(!contains(to_gnuplot(make_figure()), "'none'"));
}

BOOST_AUTO_TEST_CASE(a_range_is_set_only_if_wanted) {
  auto fig = make_figure();
  BOOST_TEST(!contains(to_gnuplot(fig), "xrange"));
  fig.x_from = 30;
  fig.x_to = 300;
  BOOST_TEST(contains(to_gnuplot(fig), "set xrange [30"));
}

BOOST_AUTO_TEST_CASE(levels_are_named_lines) {
  auto fig = make_figure();
  fig.panels[0].levels = {{800, "theirs"}};
  BOOST_TEST(contains(to_gnuplot(fig), "    800 with lines"));
  BOOST_TEST(contains(to_gnuplot(fig), "title 'theirs'"));
}

BOOST_AUTO_TEST_CASE(categories_make_a_linear_axis) {
  auto fig = make_figure();
  fig.categories = {"own", "it's"};
  auto text = to_gnuplot(fig);
  BOOST_TEST(contains(text, "unset logscale x"));
  BOOST_TEST(contains(text, "set xrange [-0.5:1.5]"));
  BOOST_TEST(contains(text, "set xtics ('own' 0, 'it''s' 1)"));
}

BOOST_AUTO_TEST_SUITE_END()
