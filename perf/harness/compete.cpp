// SPDX-License-Identifier: BSL-1.0

#include "harness/compete.hpp"

#include "harness/statistics.hpp"

#include <cstddef>
#include <optional>

namespace troupe::perf {

namespace {

/// All values of one contender, by metric.
using samples = std::vector<std::pair<std::string, std::vector<double>>>;

void append(samples& xs, const measurement& x) {
  if (xs.empty())
    for (const auto& [name, value] : x)
      xs.push_back({name, {}});
  for (std::size_t i = 0; i < x.size(); ++i)
    xs[i].second.push_back(x[i].second);
}

row run_row(row key, const measurement& x, unsigned number) {
  for (const auto& [name, value] : x)
    key.set(name, value);
  return key.set("repeat", number);
}

row summary_row(row key, const samples& xs, unsigned repeat) {
  for (const auto& [name, values] : xs) {
    auto y = summarize(values);
    key.set(name, y.median).set(name + "_mad", y.mad);
    key.set(name + "_min", y.min).set(name + "_max", y.max);
  }
  return key.set("repeat", repeat).set("summary", true);
}

/// Medians of the actor path in relation to those of the raw path.
row ratio_row(row key, const samples& raw, const samples& actor,
              unsigned repeat) {
  for (std::size_t i = 0; i < raw.size(); ++i)
    key.set(raw[i].first, median(actor[i].second) / median(raw[i].second));
  return key.set("path", "ratio").set("repeat", repeat).set("ratio", true);
}

std::optional<std::size_t> index_of(const std::vector<contender>& xs,
                                    const std::string& path) {
  for (std::size_t i = 0; i < xs.size(); ++i) {
    auto value = xs[i].key.find("path");
    if (value != nullptr && to_text(*value) == path)
      return i;
  }
  return std::nullopt;
}

} // namespace

void compete(const std::vector<contender>& contenders, unsigned repeat,
             report& out) {
  std::vector<samples> results(contenders.size());
  for (const auto& x : contenders)
    x.run();
  for (unsigned number = 1; number <= repeat; ++number)
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      auto x = contenders[i].run();
      append(results[i], x);
      out.add(run_row(contenders[i].key, x, number));
    }
  for (std::size_t i = 0; i < contenders.size(); ++i)
    out.add(summary_row(contenders[i].key, results[i], repeat));
  auto raw = index_of(contenders, "raw");
  auto actor = index_of(contenders, "actor");
  if (raw && actor)
    out.add(
      ratio_row(contenders[*raw].key, results[*raw], results[*actor], repeat));
}

} // namespace troupe::perf
