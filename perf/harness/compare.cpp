// SPDX-License-Identifier: BSL-1.0

#include "harness/compare.hpp"

#include "harness/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>

namespace troupe::perf {

namespace {

/// A median and how far to trust it.
struct figure_value {
  double median = 0;
  double mad = 0;
  double min = 0;
  double max = 0;
  double runs = 1;

  double notch() const {
    return 3.14 * mad / std::sqrt(runs);
  }
};

std::optional<double> number(const row& x, const std::string& name) {
  auto content = x.find(name);
  if (content == nullptr)
    return std::nullopt;
  if (auto y = std::get_if<double>(content))
    return *y;
  if (auto y = std::get_if<std::uint64_t>(content))
    return static_cast<double>(*y);
  return std::nullopt;
}

bool is_summary(const row& x) {
  return x.find("summary") != nullptr;
}

/// Names of the figures of a summary: what has a spread.
std::vector<std::string> metrics_of(const row& x) {
  std::vector<std::string> result;
  for (const auto& [name, content] : x.fields())
    if (x.find(name + "_mad") != nullptr)
      result.push_back(name);
  return result;
}

figure_value value_of(const row& x, const std::string& metric) {
  figure_value result;
  result.median = number(x, metric).value_or(0);
  result.mad = number(x, metric + "_mad").value_or(0);
  result.min = number(x, metric + "_min").value_or(result.median);
  result.max = number(x, metric + "_max").value_or(result.median);
  result.runs = std::max(number(x, "repeat").value_or(1), 1.0);
  return result;
}

/// The fields of a row that say what was measured.
row key_of(const row& x, const std::vector<std::string>& metrics) {
  constexpr std::array others{"repeat", "summary", "ratio"};
  row result;
  for (const auto& [name, content] : x.fields()) {
    auto belongs_to = [&, &field = name](const std::string& metric) {
      return field == metric || field == metric + "_mad"
             || field == metric + "_min" || field == metric + "_max";
    };
    if (std::find(others.begin(), others.end(), name) == others.end()
        && std::none_of(metrics.begin(), metrics.end(), belongs_to))
      std::visit([&, &field = name](const auto& y) { result.set(field, y); },
                 content);
  }
  return result;
}

/// The same for any order of the fields.
std::string name_of(const row& key, const std::string& path = "") {
  std::vector<std::string> parts;
  for (const auto& [name, content] : key.fields())
    parts.push_back(
      name + '='
      + (name == "path" && !path.empty() ? path : to_plain(content)));
  std::sort(parts.begin(), parts.end());
  std::string result;
  for (const auto& part : parts)
    result += part + '\n';
  return result;
}

/// Rows of one run by what they measured.
struct index {
  explicit index(const std::vector<row>& rows) {
    for (const auto& x : rows)
      if (is_summary(x)) {
        auto metrics = metrics_of(x);
        summaries.emplace(name_of(key_of(x, metrics)), &x);
        all_metrics.insert(all_metrics.end(), metrics.begin(), metrics.end());
      }
    for (const auto& x : rows)
      if (x.find("ratio") != nullptr)
        ratios.emplace(name_of(key_of(x, all_metrics)), &x);
  }

  /// Relation of an actor path to its raw twin, as far as there is one.
  std::optional<double> ratio(const row& key, const std::string& metric) const {
    auto i = ratios.find(name_of(key, "ratio"));
    return i != ratios.end() ? number(*i->second, metric) : std::nullopt;
  }

  std::map<std::string, const row*> summaries;
  std::map<std::string, const row*> ratios;
  std::vector<std::string> all_metrics;
};

/// Whether a value moved by more than `bound` percent: 1 up, -1 down, 0 no.
int moved(double before, double after, double bound) {
  if (before <= 0 || after <= 0)
    return before < after ? 1 : before > after ? -1 : 0;
  auto factor = 1 - std::min(bound, 99.0) / 100;
  if (after < before * factor)
    return -1;
  return before < after * factor ? 1 : 0;
}

bool apart(const figure_value& x, const figure_value& y) {
  auto [low, high] = x.median < y.median ? std::pair{&x, &y}
                                         : std::pair{&y, &x};
  return low->max < high->min
         && low->median + low->notch() < high->median - high->notch();
}

verdict judge(const figure_value& x, const figure_value& y,
              std::optional<double> ratio_before,
              std::optional<double> ratio_after, const row& key,
              direction better, double bound) {
  auto way = moved(x.median, y.median, bound);
  if (way == 0 || better == direction::none || !apart(x, y))
    return verdict::same;
  auto path = key.find("path");
  if (path != nullptr && to_plain(*path) == "raw")
    return verdict::machine;
  if (ratio_before && ratio_after
      && moved(*ratio_before, *ratio_after, bound) != way)
    return verdict::machine;
  return (way > 0) == (better == direction::up) ? verdict::better
                                                : verdict::worse;
}

const char* name_of(verdict x) {
  constexpr std::array names{"", "better", "WORSE", "machine"};
  return names[static_cast<std::size_t>(x)];
}

/// A row of the table.
row to_row(const change& x) {
  std::string what;
  for (const auto& [name, content] : x.key.fields())
    if (name != "bench" && name != "path")
      what += (what.empty() ? "" : " ") + name + '=' + to_text(content);
  row result;
  result.set("bench", to_text(*x.key.find("bench")));
  result.set("path", to_text(*x.key.find("path"))).set("of", what);
  result.set("figure", x.metric).set("before", x.before).set("after", x.after);
  return result.set("change", fmt::format("{:+.1f} %", x.percent()))
    .set("verdict", name_of(x.what));
}

} // namespace

direction direction_of(std::string_view metric) {
  for (std::string_view end : {"per_s", "efficiency"})
    if (metric.ends_with(end))
      return direction::up;
  for (std::string_view end : {"_ns", "_us", "_ms", "_s", "_b", "_kb", "_mb",
                               "bytes", "loaded_to_idle"})
    if (metric.ends_with(end))
      return direction::down;
  return direction::none;
}

std::size_t comparison::count(verdict x) const noexcept {
  return static_cast<std::size_t>(
    std::count_if(changes.begin(), changes.end(),
                  [x](const change& y) { return y.what == x; }));
}

comparison compare(const std::vector<row>& before,
                   const std::vector<row>& after, double bound) {
  comparison result;
  index x{before}, y{after};
  for (const auto& row : before) {
    if (!is_summary(row))
      continue;
    auto metrics = metrics_of(row);
    auto key = key_of(row, metrics);
    auto i = y.summaries.find(name_of(key));
    if (i == y.summaries.end()) {
      result.only_before.push_back(key);
      continue;
    }
    for (const auto& metric : metrics) {
      auto old_value = value_of(row, metric);
      auto new_value = value_of(*i->second, metric);
      auto what = judge(old_value, new_value, x.ratio(key, metric),
                        y.ratio(key, metric), key, direction_of(metric), bound);
      result.changes.push_back(
        {key, metric, old_value.median, new_value.median, what});
    }
  }
  for (const auto& [name, row] : y.summaries)
    if (!x.summaries.contains(name))
      result.only_after.push_back(key_of(*row, metrics_of(*row)));
  return result;
}

std::string to_text(const comparison& x, bool only_changed) {
  std::vector<row> rows;
  for (const auto& y : x.changes)
    if (!only_changed || y.what != verdict::same)
      rows.push_back(to_row(y));
  auto result = rows.empty() ? "" : to_table(rows);
  if (!x.only_before.empty() || !x.only_after.empty())
    result += fmt::format("not in both: {} rows of the first file, {} of the "
                          "second\n",
                          x.only_before.size(), x.only_after.size());
  return result
         + fmt::format("{} figures: {} worse, {} better, {} changed with the "
                       "machine, {} the same\n",
                       x.changes.size(), x.count(verdict::worse),
                       x.count(verdict::better), x.count(verdict::machine),
                       x.count(verdict::same));
}

} // namespace troupe::perf
