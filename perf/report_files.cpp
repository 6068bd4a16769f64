// SPDX-License-Identifier: BSL-1.0

#include "report_files.hpp"

#include "figures.hpp"
#include "harness/html_page.hpp"
#include "harness/row_reader.hpp"
#include "readings.hpp"
#include "run_workload.hpp"
#include "troupe/error.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace troupe::perf {

namespace {

std::string read_file(const std::string& path) {
  std::ifstream file{path};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string bench_of(const row& x) {
  auto content = x.find("bench");
  return content != nullptr ? to_plain(*content) : "";
}

/// Groups summaries by workload, in the order in which they ran.
std::vector<html_section> sections_of(const std::vector<row>& rows) {
  std::vector<html_section> result;
  for (const auto& x : rows) {
    if (!sums_up(x))
      continue;
    auto bench = bench_of(x);
    auto i = std::find_if(result.begin(), result.end(),
                          [&](const auto& y) { return y.title == bench; });
    if (i == result.end()) {
      result.push_back({bench, std::string{reading_of(bench)}, {}, {}});
      i = result.end() - 1;
    }
    i->rows.push_back(x);
  }
  return result;
}

void write_all(const std::vector<row>& rows, html_page page,
               const std::string& dir) {
  page.sections = sections_of(rows);
  std::string problem;
  for (auto& section : page.sections) {
    std::vector<row> own;
    std::copy_if(rows.begin(), rows.end(), std::back_inserter(own),
                 [&](const row& x) { return bench_of(x) == section.title; });
    for (const auto& x : figures_of(own))
      try {
        draw(x, dir);
        section.svgs.push_back(read_file(dir + "/" + x.name + ".svg"));
      } catch (const std::runtime_error& err) {
        problem = err.what();
      }
  }
  std::error_code code;
  std::filesystem::create_directories(dir, code);
  std::ofstream file{dir + "/report.html"};
  file << to_html(page);
  if (!file.flush())
    throw std::runtime_error("cannot write '" + dir + "/report.html'");
  if (!problem.empty())
    throw std::runtime_error(problem);
}

} // namespace

void write_report_files(const report& from, const std::string& dir) {
  html_page page;
  page.origin = from.origin() ? to_row(*from.origin()) : row{};
  page.failures = from.failures();
  write_all(from.rows(), std::move(page), dir);
}

int report_command(int argc, const char* const* argv) {
  CLI::App app{"Draws what runs with --json wrote, as --plot does",
               "troupe-bench report"};
  std::string dir;
  std::vector<std::string> files;
  app.add_option("DIR", dir, "folder for figures and report.html")->required();
  app.add_option("FILE", files, "rows of a run")->required();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& err) {
    return app.exit(err) == 0 ? 0 : 2;
  }
  std::vector<row> rows;
  html_page page;
  for (const auto& file : files) {
    auto read = read_results(file);
    if (!read) {
      std::fprintf(stderr, "troupe-bench: %s\n",
                   describe(read.error()).c_str());
      return 2;
    }
    rows.insert(rows.end(), read->rows.begin(), read->rows.end());
    page.origin = std::move(read->origin);
  }
  try {
    write_all(rows, std::move(page), dir);
    return 0;
  } catch (const std::exception& err) {
    return tell(err);
  }
}

} // namespace troupe::perf
