// SPDX-License-Identifier: BSL-1.0

#include "harness/compare.hpp"

#include "harness/report.hpp"
#include "harness/run_index.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

namespace troupe::perf {

namespace {

/// Whether a value moved by more than `bound` percent: 1 up, -1 down, 0 no.
int moved(double before, double after, double bound) {
  if (before <= 0 || after <= 0)
    return before < after ? 1 : before > after ? -1 : 0;
  auto factor = 1 - std::min(bound, 99.0) / 100;
  if (after < before * factor)
    return -1;
  return before < after * factor ? 1 : 0;
}

/// Whether neither runs nor medians reach each other. A few runs do not show
/// how far others would range, so there has to be room between them.
bool apart(const figure_value& x, const figure_value& y) {
  constexpr auto room = 0.25;
  auto [low, high] = x.median < y.median ? std::pair{&x, &y}
                                         : std::pair{&y, &x};
  auto widest = std::max(x.max - x.min, y.max - y.min);
  return high->min - low->max > room * widest
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
  run_index x{before}, y{after};
  for (const auto& what : x.subjects()) {
    if (!y.contains(what))
      continue;
    auto old_value = x.value(what);
    auto new_value = y.value(what);
    auto found = judge(old_value, new_value, x.ratio(what), y.ratio(what),
                       what.key, direction_of(what.metric), bound);
    result.changes.push_back(
      {what.key, what.metric, old_value.median, new_value.median, found});
  }
  machine_moves moves;
  for (const auto& z : result.changes)
    moves.add(z);
  for (auto& z : result.changes)
    if ((z.what == verdict::better || z.what == verdict::worse)
        && moves.explain(z))
      z.what = verdict::machine;
  result.only_before = x.beyond(y);
  result.only_after = y.beyond(x);
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
