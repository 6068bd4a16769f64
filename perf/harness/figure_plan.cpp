// SPDX-License-Identifier: BSL-1.0

#include "harness/figure_plan.hpp"

#include "harness/statistics.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace troupe::perf {

namespace {

std::string text(const row& x, const std::string& name) {
  auto content = x.find(name);
  return content != nullptr ? to_plain(*content) : "";
}

/// Summaries that the figure is about.
std::vector<const row*> rows_for(const figure_plan& plan,
                                 const std::vector<row>& rows) {
  std::vector<const row*> result;
  for (const auto& x : rows)
    if (text(x, "bench") == plan.bench && x.find("summary") != nullptr
        && x.find(plan.x) != nullptr && x.find(plan.metrics.front()) != nullptr
        && (plan.with.empty() || x.find(plan.with) != nullptr)
        && (plan.without.empty() || x.find(plan.without) == nullptr))
      result.push_back(&x);
  return result;
}

/// Different values of a field, in the order in which they come.
std::vector<std::string> values_of(const std::vector<const row*>& rows,
                                   const std::string& name) {
  std::vector<std::string> result;
  for (auto x : rows) {
    auto value = text(*x, name);
    if (std::find(result.begin(), result.end(), value) == result.end())
      result.push_back(value);
  }
  return result;
}

std::size_t index_of(const std::vector<std::string>& xs, const std::string& x) {
  return static_cast<std::size_t>(std::find(xs.begin(), xs.end(), x)
                                  - xs.begin());
}

/// Fields that tell curves of one path apart.
std::vector<std::string> telling(const figure_plan& plan,
                                 const std::vector<const row*>& rows) {
  std::vector<std::string> result;
  for (const auto& name : plan.series)
    for (auto path : {"raw", "actor"}) {
      std::set<std::string> values;
      for (auto x : rows)
        if (text(*x, "path") == path)
          values.insert(text(*x, name));
      if (values.size() > 1) {
        result.push_back(name);
        break;
      }
    }
  return result;
}

/// A figure's name as people read it, without its unit.
std::string to_words(std::string name) {
  for (std::string_view unit : {"_per_s", "_us", "_ms", "_ns", "_mb"})
    if (name.ends_with(unit)) {
      name.resize(name.size() - unit.size());
      break;
    }
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

std::string title_of(const row& x, const std::vector<std::string>& fields,
                     const figure_plan& plan, const std::string& metric) {
  auto result = text(x, "path");
  for (const auto& name : fields)
    if (x.find(name) != nullptr)
      result += ", " + name + ' ' + text(x, name);
  return plan.metrics.size() > 1 ? result + ", " + to_words(metric) : result;
}

curve start_curve(std::string title, const std::string& path, bool dashed,
                  unsigned mark) {
  curve result;
  result.title = std::move(title);
  result.hue = path == "raw" ? 0 : path == "actor" ? 1 : 3;
  result.dashed = dashed;
  result.mark = mark;
  return result;
}

/// Adds all curves of one figure of merit to a panel.
void add_curves(panel& to, const std::vector<const row*>& rows,
                const figure_plan& plan, std::size_t metric,
                const std::vector<std::string>& fields,
                const std::vector<std::string>& categories) {
  std::map<std::string, std::size_t> known;
  std::map<std::string, unsigned> curves_of_path;
  std::map<std::pair<std::size_t, double>, std::vector<double>> values;
  for (auto x : rows) {
    auto y = number(*x, plan.metrics[metric]);
    if (!y || *y <= 0)
      continue;
    auto title = title_of(*x, fields, plan, plan.metrics[metric]);
    auto [i, is_new] = known.emplace(title, to.curves.size());
    if (is_new) {
      auto path = text(*x, "path");
      to.curves.push_back(
        start_curve(title, path, metric > 0, curves_of_path[path]++));
    }
    auto at = categories.empty()
                ? number(*x, plan.x).value_or(0)
                : static_cast<double>(index_of(categories, text(*x, plan.x)));
    // A logarithmic axis has no zero.
    if (categories.empty())
      at = std::max(at, 1.0);
    values[{i->second, at}].push_back(*y);
  }
  for (const auto& [place, ys] : values)
    to.curves[place.first].points.emplace_back(place.second, median(ys));
}

} // namespace

figure to_figure(const figure_plan& plan, const std::vector<row>& rows) {
  figure result;
  result.name = plan.name;
  result.title = plan.title;
  result.x_label = plan.x_label;
  result.y_label = plan.y_label;
  result.x_from = plan.x_from;
  result.x_to = plan.x_to;
  result.linear = plan.linear;
  auto own = rows_for(plan, rows);
  if (own.empty())
    return result;
  if (!number(*own.front(), plan.x))
    result.categories = values_of(own, plan.x);
  auto fields = telling(plan, own);
  for (const auto& value : values_of(own, plan.panels)) {
    panel part;
    // A number alone says little.
    auto is_number = number(*own.front(), plan.panels).has_value();
    part.title = is_number ? plan.panels + ' ' + value : value;
    std::vector<const row*> members;
    for (auto x : own)
      if (text(*x, plan.panels) == value)
        members.push_back(x);
    for (std::size_t i = 0; i < plan.metrics.size(); ++i)
      add_curves(part, members, plan, i, fields, result.categories);
    part.curves.insert(part.curves.end(), plan.published.begin(),
                       plan.published.end());
    part.marks = plan.marks;
    part.levels = plan.levels;
    result.panels.push_back(std::move(part));
  }
  return result;
}

} // namespace troupe::perf
