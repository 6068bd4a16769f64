// SPDX-License-Identifier: BSL-1.0

#include "figures.hpp"

#include "crossover_plots.hpp"
#include "figure_plans.hpp"

#include <utility>

namespace troupe::perf {

namespace {

/// The rows of crossover as its plots want them, by transport.
std::vector<std::pair<std::string, crossover_curves>>
crossover_of(const std::vector<row>& rows) {
  std::vector<std::pair<std::string, crossover_curves>> result;
  auto curves_of = [&](const std::string& transport) -> crossover_curves& {
    for (auto& [name, curves] : result)
      if (name == transport)
        return curves;
    return result.emplace_back(transport, crossover_curves{}).second;
  };
  auto text = [](const row& x, std::string_view name) {
    auto content = x.find(name);
    return content != nullptr ? to_plain(*content) : std::string{};
  };
  auto count = [&](const row& x, std::string_view name) {
    auto content = x.find(name);
    auto whole = content != nullptr ? std::get_if<std::uint64_t>(content)
                                    : nullptr;
    return whole != nullptr ? static_cast<std::size_t>(*whole) : 0;
  };
  for (const auto& x : rows) {
    if (text(x, "bench") != "crossover")
      continue;
    auto& curves = curves_of(text(x, "transport"));
    if (x.find("threshold") != nullptr)
      curves.set_thresholds(text(x, "path"), count(x, "threshold_send"),
                            count(x, "threshold_total"));
    if (x.find("summary") == nullptr)
      continue;
    for (auto metric : {"msgs_per_s", "sends_per_s", "median_us"})
      if (auto value = x.find(metric))
        if (auto number = std::get_if<double>(value))
          curves.add(text(x, "path"), metric, text(x, "copy") == "always",
                     count(x, "size"), *number);
  }
  return result;
}

} // namespace

std::vector<figure> figures_of(const std::vector<row>& rows) {
  std::vector<figure> result;
  for (const auto& plan : all_figure_plans())
    if (auto x = to_figure(plan, rows); !x.panels.empty())
      result.push_back(std::move(x));
  if (auto curves = crossover_of(rows); !curves.empty())
    for (auto& x : crossover_figures(curves))
      result.push_back(std::move(x));
  return result;
}

} // namespace troupe::perf
