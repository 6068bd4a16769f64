// SPDX-License-Identifier: BSL-1.0

#include "harness/compare.hpp"

#include "harness/report.hpp"
#include "harness/statistics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

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
  constexpr std::array others{"pass", "repeat", "summary", "ratio"};
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

/// Takes several runs of the same as one.
figure_value pool(const std::vector<figure_value>& xs) {
  figure_value result = xs.front();
  std::vector<double> medians;
  result.runs = 0;
  for (const auto& x : xs) {
    medians.push_back(x.median);
    result.mad = std::max(result.mad, x.mad);
    result.min = std::min(result.min, x.min);
    result.max = std::max(result.max, x.max);
    result.runs += x.runs;
  }
  result.median = median(medians);
  return result;
}

/// One figure: what was measured, and its name.
struct subject {
  row key;
  std::string metric;

  auto name() const {
    return std::pair{name_of(key), metric};
  }
};

/// Figures of one file. Workloads may have rows that differ in nothing but
/// their figures, and a file may hold several runs.
struct index {
  using name_type = std::pair<std::string, std::string>;

  explicit index(const std::vector<row>& rows) {
    std::vector<std::string> all_metrics;
    for (const auto& x : rows) {
      if (!is_summary(x))
        continue;
      auto metrics = metrics_of(x);
      auto key = key_of(x, metrics);
      for (const auto& metric : metrics) {
        subject what{key, metric};
        auto& values = summaries[what.name()];
        values.push_back(value_of(x, metric));
        if (values.size() == 1)
          subjects.push_back(std::move(what));
      }
      all_metrics.insert(all_metrics.end(), metrics.begin(), metrics.end());
    }
    for (const auto& x : rows)
      if (x.find("ratio") != nullptr)
        add_ratios(x, all_metrics);
  }

  /// Relation of an actor path to its raw twin, as far as there is one.
  std::optional<double> ratio(const row& key, const std::string& metric) const {
    auto i = ratios.find({name_of(key, "ratio"), metric});
    return i != ratios.end() ? std::optional{median(i->second)} : std::nullopt;
  }

  bool contains(const subject& x) const {
    return summaries.contains(x.name());
  }

  /// In the order in which they come in the file.
  std::vector<subject> subjects;
  std::map<name_type, std::vector<figure_value>> summaries;
  std::map<name_type, std::vector<double>> ratios;

private:
  void add_ratios(const row& x, const std::vector<std::string>& metrics) {
    auto name = name_of(key_of(x, metrics));
    for (const auto& metric : std::set(metrics.begin(), metrics.end()))
      if (auto value = number(x, metric))
        ratios[{name, metric}].push_back(*value);
  }
};

/// Rows of one file whose figures are not in the other.
std::vector<row> missing(const index& from, const index& in) {
  std::vector<row> result;
  for (const auto& x : from.subjects)
    if (!in.contains(x)
        && (result.empty() || name_of(result.back()) != name_of(x.key)))
      result.push_back(x.key);
  return result;
}

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

std::string field_of(const row& key, const char* name) {
  auto content = key.find(name);
  return content != nullptr ? to_plain(*content) : "";
}

/// How far figures of the raw path moved, which is the machine's doing: by
/// workload, figure and direction, the longest way.
class machine_moves {
public:
  void add(const change& x) {
    if (field_of(x.key, "path") == "raw" && x.before > 0 && x.after > 0)
      longest(x) = std::max(longest(x), way_of(x));
  }

  /// Whether a figure of the same workload moved as far the same way.
  bool explain(const change& x) {
    return x.before > 0 && x.after > 0 && way_of(x) <= longest(x);
  }

private:
  static double way_of(const change& x) {
    return std::abs(std::log(x.after / x.before));
  }

  double& longest(const change& x) {
    return moves_[{field_of(x.key, "bench"), x.metric, x.after > x.before}];
  }

  std::map<std::tuple<std::string, std::string, bool>, double> moves_;
};

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
  for (const auto& subject : x.subjects) {
    if (!y.contains(subject))
      continue;
    const auto& [key, metric] = subject;
    auto old_value = pool(x.summaries.at(subject.name()));
    auto new_value = pool(y.summaries.at(subject.name()));
    auto what = judge(old_value, new_value, x.ratio(key, metric),
                      y.ratio(key, metric), key, direction_of(metric), bound);
    result.changes.push_back(
      {key, metric, old_value.median, new_value.median, what});
  }
  machine_moves moves;
  for (const auto& z : result.changes)
    moves.add(z);
  for (auto& z : result.changes)
    if ((z.what == verdict::better || z.what == verdict::worse)
        && moves.explain(z))
      z.what = verdict::machine;
  result.only_before = missing(x, y);
  result.only_after = missing(y, x);
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
