// SPDX-License-Identifier: BSL-1.0

#include "harness/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

namespace troupe::perf {

namespace {

/// Marks of JSON rows that say nothing in a table.
bool is_mark(const std::string& name) {
  return name == "summary" || name == "ratio" || name == "threshold";
}

/// Whether a field only says how far to trust another one.
bool is_spread(const std::string& name) {
  return name.ends_with("_mad") || name.ends_with("_min")
         || name.ends_with("_max");
}

/// All columns, in the order in which their fields appear first.
std::vector<std::string> columns_of(const std::vector<row>& rows) {
  std::vector<std::string> result;
  for (const auto& x : rows)
    for (const auto& [name, content] : x.fields())
      if (!is_mark(name) && !is_spread(name)
          && std::find(result.begin(), result.end(), name) == result.end())
        result.push_back(name);
  return result;
}

/// Returns a value, and behind it, if there are, its MAD and its range.
std::string cell(const row& x, const std::string& column) {
  auto content = x.find(column);
  if (content == nullptr)
    return "";
  auto mad = x.find(column + "_mad");
  auto min = x.find(column + "_min");
  auto max = x.find(column + "_max");
  if (mad == nullptr || min == nullptr || max == nullptr)
    return to_text(*content);
  return fmt::format("{} +-{} ({}-{})", to_text(*content), to_text(*mad),
                     to_text(*min), to_text(*max));
}

} // namespace

void report::set_provenance(provenance x) {
  origin_ = std::move(x);
}

void report::add(row x) {
  if (json_) {
    progress("");
    fmt::print(out_, "{}\n",
               origin_ ? to_json(x, "provenance", to_row(*origin_))
                       : to_json(x));
    std::fflush(out_);
  }
  rows_.push_back(std::move(x));
}

void report::fail(const std::string& what, const std::string& why) {
  progress("");
  fmt::print(stderr, "troupe-bench: {}: {}\n", what, why);
  failures_.emplace_back(what, why);
}

void report::progress(const std::string& text) {
  if (!shows_progress_)
    return;
  // Back to the first column, and delete the rest of the line.
  fmt::print(stderr, "\r\x1b[K{}", text);
  std::fflush(stderr);
}

void report::finish() {
  progress("");
  std::vector<row> fresh;
  std::copy_if(rows_.begin() + static_cast<std::ptrdiff_t>(printed_),
               rows_.end(), std::back_inserter(fresh), sums_up);
  if (!json_ && !fresh.empty()) {
    auto head = printed_ == 0 && origin_ ? to_text(*origin_) : "";
    fmt::print(out_, "{}{}", head, to_table(fresh));
    std::fflush(out_);
  }
  printed_ = rows_.size();
}

bool sums_up(const row& x) {
  return x.find("summary") != nullptr || x.find("ratio") != nullptr
         || x.find("threshold") != nullptr;
}

std::string to_table(const std::vector<row>& rows) {
  auto columns = columns_of(rows);
  std::vector<std::size_t> widths;
  for (const auto& column : columns) {
    auto width = column.size();
    for (const auto& x : rows)
      width = std::max(width, cell(x, column).size());
    widths.push_back(width);
  }
  std::string result;
  auto append = [&](auto text_of) {
    for (std::size_t i = 0; i < columns.size(); ++i)
      result += fmt::format("{}{:>{}}", i == 0 ? "" : "  ", text_of(columns[i]),
                            widths[i]);
    result += '\n';
  };
  append([](const std::string& column) { return column; });
  for (const auto& x : rows)
    append([&](const std::string& column) { return cell(x, column); });
  return result;
}

} // namespace troupe::perf
