// SPDX-License-Identifier: BSL-1.0

#include "harness/compete.hpp"

#include "harness/statistics.hpp"

#include <cstddef>

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

/// The contenders of a path.
std::vector<std::size_t> indexes_of(const std::vector<contender>& xs,
                                    const std::string& path) {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < xs.size(); ++i) {
    auto value = xs[i].key.find("path");
    if (value != nullptr && to_text(*value) == path)
      result.push_back(i);
  }
  return result;
}

/// Whether two paths did the same thing, as far as a user chose it.
bool comparable(const row& raw, const row& actor) {
  auto x = raw.find("copy");
  auto y = actor.find("copy");
  return x == nullptr || y == nullptr || to_text(*x) == to_text(*y);
}

measurement medians_of(const samples& xs) {
  measurement result;
  for (const auto& [name, values] : xs)
    result.emplace_back(name, median(values));
  return result;
}

/// What the progress line says about a contender.
std::string title(const row& key, unsigned number, unsigned repeat) {
  std::string result;
  for (const auto& [name, value] : key.fields())
    result += to_text(value) + ' ';
  return result + std::to_string(number) + '/' + std::to_string(repeat);
}

} // namespace

std::vector<measurement> compete(const std::vector<contender>& contenders,
                                 unsigned repeat, report& out) {
  std::vector<samples> results(contenders.size());
  for (const auto& x : contenders) {
    out.progress(title(x.key, 0, repeat));
    x.run();
  }
  for (unsigned number = 1; number <= repeat; ++number)
    for (std::size_t i = 0; i < contenders.size(); ++i) {
      out.progress(title(contenders[i].key, number, repeat));
      auto x = contenders[i].run();
      append(results[i], x);
      out.add(run_row(contenders[i].key, x, number));
    }
  for (std::size_t i = 0; i < contenders.size(); ++i)
    out.add(summary_row(contenders[i].key, results[i], repeat));
  for (auto raw : indexes_of(contenders, "raw"))
    for (auto actor : indexes_of(contenders, "actor"))
      if (comparable(contenders[raw].key, contenders[actor].key))
        out.add(ratio_row(contenders[actor].key, results[raw], results[actor],
                          repeat));
  std::vector<measurement> medians;
  for (const auto& xs : results)
    medians.push_back(medians_of(xs));
  return medians;
}

} // namespace troupe::perf
