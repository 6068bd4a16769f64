// SPDX-License-Identifier: BSL-1.0

// Draws figures and reports, as people do.

#include "perf/bench.hpp"
#include "support/temp_dir.hpp"

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace fs = std::filesystem;

using namespace troupe::test;

namespace {

bool has_gnuplot() {
  return std::system("gnuplot --version >/dev/null 2>&1") == 0;
}

std::vector<fs::path> files_with(const fs::path& dir, const char* extension) {
  std::vector<fs::path> result;
  for (const auto& x : fs::directory_iterator{dir})
    if (x.path().extension() == extension)
      result.push_back(x.path());
  return result;
}

std::size_t count(const std::string& text, std::string_view what) {
  std::size_t result = 0;
  for (auto at = text.find(what); at != std::string::npos;
       at = text.find(what, at + what.size()))
    ++result;
  return result;
}

/// Throws if it is no XML.
void check_svg(const fs::path& path) {
  boost::property_tree::ptree tree;
  boost::property_tree::read_xml(path.string(), tree);
  BOOST_TEST(tree.count("svg") == 1u);
  auto text = read_text(path);
  BOOST_TEST(text.find("raw") != std::string::npos);
  BOOST_TEST(text.find("actor") != std::string::npos);
  BOOST_TEST(count(text, "<path") > 10u);
}

void check_png(const fs::path& path) {
  auto text = read_text(path);
  BOOST_TEST(text.starts_with("\x89PNG\r\n\x1a\n"));
  BOOST_TEST(text.find("IEND") != std::string::npos);
}

/// Each element of these is closed, and nothing comes from elsewhere.
void check_html(const std::string& text, std::size_t figures) {
  BOOST_TEST(text.starts_with("<!DOCTYPE html>"));
  BOOST_TEST(text.ends_with("</html>\n"));
  for (std::string name : {"html", "head", "body", "style", "table", "tr", "td",
                           "h1", "h2", "details", "pre", "svg", "g", "ul"})
    BOOST_TEST(count(text, "<" + name + ">") + count(text, "<" + name + " ")
                   + count(text, "<" + name + "\n")
                 == count(text, "</" + name + ">"),
               name);
  BOOST_TEST(count(text, "<svg") == figures);
  for (auto outside :
       {"src=", "href=\"http", "href='http", "@import", "<script", "<link"})
    BOOST_TEST(count(text, outside) == 0u, outside);
}

void check_drawings(const fs::path& dir, std::size_t figures) {
  BOOST_TEST(files_with(dir, ".svg").size() == figures);
  BOOST_TEST(files_with(dir, ".png").size() == figures);
  for (const auto& path : files_with(dir, ".svg"))
    check_svg(path);
  for (const auto& path : files_with(dir, ".png"))
    check_png(path);
  check_html(read_text(dir / "report.html"), figures);
}

const std::string short_codec = "codec --quick --repeat 1 ";

} // namespace

BOOST_AUTO_TEST_SUITE(plots_suite)

BOOST_AUTO_TEST_CASE(plot_draws_figures_and_writes_a_report) {
  if (!has_gnuplot()) {
    std::puts("skipped: no gnuplot here"); // ctest looks for it
    return;
  }
  temp_dir dir;
  auto out = dir.path() / "out"; // does not exist yet
  auto outcome = run_bench(short_codec + "--json --plot " + out.string());
  BOOST_TEST(outcome.status == 0);
  BOOST_TEST(!outcome.rows().empty());
  check_drawings(out, 2);
  auto html = read_text(out / "report.html");
  BOOST_TEST(html.find("codec --quick --repeat 1") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(report_draws_what_other_runs_wrote) {
  if (!has_gnuplot()) {
    std::puts("skipped: no gnuplot here"); // ctest looks for it
    return;
  }
  temp_dir dir;
  auto file = [&](const char* name) { return (dir.path() / name).string(); };
  BOOST_TEST(run_bench(short_codec + "--json > " + file("1.json")).status == 0);
  BOOST_TEST(run_bench("flood --engines 1 --tasks 10,100 --repeat 1 --json > "
                       + file("2.json"))
               .status
             == 0);
  auto out = dir.path() / "out";
  BOOST_TEST(run_bench("report " + out.string() + " " + file("1.json") + " "
                       + file("2.json"))
               .status
             == 0);
  check_drawings(out, 4);
  auto html = read_text(out / "report.html");
  for (auto id : {"<h2 id=\"codec\">", "<h2 id=\"flood\">"})
    BOOST_TEST(html.find(id) != std::string::npos, id);
}

BOOST_AUTO_TEST_CASE(report_refuses_what_is_no_result) {
  temp_dir dir;
  auto out = (dir.path() / "out").string();
  BOOST_TEST(run_bench("report " + out + " /nowhere 2>/dev/null").status == 2);
  BOOST_TEST(run_bench("report 2>/dev/null").status == 2);
  BOOST_TEST(run_bench("report --help").status == 0);
}

BOOST_AUTO_TEST_CASE(without_gnuplot_there_are_scripts_and_a_report) {
  temp_dir dir;
  auto outcome = run_bench(
    short_codec + "--plot " + dir.path().string() + " 2>&1", "PATH=/nowhere ");
  BOOST_TEST(outcome.status == 1);
  BOOST_REQUIRE(!outcome.lines.empty());
  BOOST_TEST(outcome.lines.back().find("apt-get install gnuplot")
             != std::string::npos);
  BOOST_TEST(files_with(dir.path(), ".gp").size() == 2u);
  check_html(read_text(dir.path() / "report.html"), 0);
}

BOOST_AUTO_TEST_SUITE_END()
