// SPDX-License-Identifier: BSL-1.0

#include "report_files.hpp"

#include "figures.hpp"
#include "harness/html_page.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

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

} // namespace

void write_report_files(const report& from, const std::string& dir) {
  html_page page;
  page.origin = from.origin() ? to_row(*from.origin()) : row{};
  page.sections = sections_of(from.rows());
  page.failures = from.failures();
  std::string problem;
  for (auto& section : page.sections) {
    std::vector<row> own;
    std::copy_if(from.rows().begin(), from.rows().end(),
                 std::back_inserter(own),
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

} // namespace troupe::perf
