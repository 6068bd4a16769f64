// SPDX-License-Identifier: BSL-1.0

#include "harness/run_index.hpp"

#include "harness/statistics.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace troupe::perf {

namespace {

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

} // namespace

double figure_value::notch() const {
  return 3.14 * mad / std::sqrt(runs);
}

std::pair<std::string, std::string> subject::name() const {
  return {name_of(key), metric};
}

run_index::run_index(const std::vector<row>& rows) {
  std::vector<std::string> all_metrics;
  for (const auto& x : rows) {
    if (!is_summary(x))
      continue;
    auto metrics = metrics_of(x);
    auto key = key_of(x, metrics);
    for (const auto& metric : metrics) {
      subject what{key, metric};
      auto& values = summaries_[what.name()];
      values.push_back(value_of(x, metric));
      if (values.size() == 1)
        subjects_.push_back(std::move(what));
    }
    all_metrics.insert(all_metrics.end(), metrics.begin(), metrics.end());
  }
  for (const auto& x : rows)
    if (x.find("ratio") != nullptr)
      add_ratios(x, all_metrics);
}

figure_value run_index::value(const subject& x) const {
  return pool(summaries_.at(x.name()));
}

std::optional<double> run_index::ratio(const subject& x) const {
  auto i = ratios_.find({name_of(x.key, "ratio"), x.metric});
  return i != ratios_.end() ? std::optional{median(i->second)} : std::nullopt;
}

std::vector<row> run_index::beyond(const run_index& other) const {
  std::vector<row> result;
  for (const auto& x : subjects_)
    if (!other.contains(x)
        && (result.empty() || name_of(result.back()) != name_of(x.key)))
      result.push_back(x.key);
  return result;
}

void run_index::add_ratios(const row& x,
                           const std::vector<std::string>& metrics) {
  auto name = name_of(key_of(x, metrics));
  for (const auto& metric : std::set(metrics.begin(), metrics.end()))
    if (auto value = number(x, metric))
      ratios_[{name, metric}].push_back(*value);
}

} // namespace troupe::perf
