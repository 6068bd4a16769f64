// SPDX-License-Identifier: BSL-1.0

#include "crossover.hpp"

#include "actor_latency.hpp"
#include "actor_throughput.hpp"
#include "crossover_plots.hpp"
#include "harness/compete.hpp"
#include "raw_latency.hpp"
#include "raw_throughput.hpp"
#include "stream.hpp"
#include "troupe/calibration.hpp"
#include "troupe/error.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <string_view>

namespace troupe::perf {

namespace {

constexpr std::array<std::string_view, 2> paths{"raw", "actor"};
constexpr std::array<std::string_view, 2> copies{"always", "never"};

bool runs(const options& with, std::string_view path) {
  return path == "raw" ? with.runs_raw() : with.runs_actor();
}

stream_setup make_setup(const std::string& transport, std::string_view copy) {
  stream_setup result{transport, *copy_policy::parse(copy)};
  result.hwm = 0; // else a full queue would hold up the send calls
  return result;
}

row make_key(std::string_view path, const std::string& transport,
             std::string_view copy) {
  row key;
  return key.set("bench", "crossover")
    .set("path", path)
    .set("transport", transport)
    .set("size", 0)
    .set("copy", copy);
}

/// Adds both ways to send over both paths.
template <class Raw, class Actor>
void add_contenders(std::vector<contender>& xs, const options& with,
                    const std::string& transport, const stream_job& job) {
  for (auto copy : copies)
    for (auto path : paths) {
      if (!runs(with, path))
        continue;
      auto setup = make_setup(transport, copy);
      auto key = make_key(path, transport, copy).set("size", job.size);
      if (path == "raw")
        xs.push_back({key, [x = std::make_shared<Raw>(setup), job] {
                        return x->run(job);
                      }});
      else
        xs.push_back({key, [x = std::make_shared<Actor>(setup), job] {
                        return x->run(job);
                      }});
    }
}

/// Puts the medians of contenders where plots and thresholds look for them.
void collect(crossover_curves& curves, const std::vector<contender>& xs,
             const std::vector<measurement>& medians, std::size_t size) {
  for (std::size_t i = 0; i < xs.size(); ++i)
    for (const auto& [metric, value] : medians[i])
      curves.add(to_text(*xs[i].key.find("path")), metric,
                 to_text(*xs[i].key.find("copy")) == "always", size, value);
}

void measure(const options& with, const std::string& transport,
             crossover_curves& curves, report& out) {
  auto bytes = std::size_t{with.quick ? 16u : 128u} << 20;
  auto most = std::size_t{with.quick ? 5'000u : 20'000u};
  for (auto size : with.sizes) {
    std::vector<contender> xs;
    add_contenders<raw_throughput, actor_throughput>(
      xs, with, transport, {stream_count(size, most, bytes), size});
    collect(curves, xs, compete(xs, with.repeat, out), size);
    xs.clear();
    add_contenders<raw_latency, actor_latency>(
      xs, with, transport, {stream_count(size, most / 20, bytes), size});
    collect(curves, xs, compete(xs, with.repeat, out), size);
  }
}

/// Costs by size, from rates.
std::vector<copy_sample> costs_of(const crossover_curves& curves,
                                  const std::string& path,
                                  const std::string& metric) {
  std::vector<copy_sample> result;
  for (const auto& [size, x] : curves.points(path, metric))
    if (x.copied > 0 && x.lent > 0)
      result.push_back({size, 1 / x.copied, 1 / x.lent});
  return result;
}

/// The mean of the logarithms of what all sizes cost.
double mean_cost(const std::vector<copy_sample>& samples, copy_policy policy) {
  auto sum = 0.0;
  for (const auto& x : samples)
    sum += std::log(policy.copies(x.size) ? x.copied : x.lent);
  return sum / static_cast<double>(samples.size());
}

/// How fast a policy is over all sizes, each of which counts the same, in
/// relation to the fastest threshold.
double relative_rate(const std::vector<copy_sample>& samples,
                     copy_policy policy) {
  auto least = mean_cost(samples, copy_policy::never());
  for (const auto& x : samples)
    least = std::min(least, mean_cost(samples, copy_policy{x.size}));
  return std::exp(least - mean_cost(samples, policy));
}

void report_thresholds(const options& with, const std::string& transport,
                       crossover_curves& curves, report& out) {
  auto automatic = to_policy("auto", transport);
  for (auto path : paths) {
    if (!runs(with, path))
      continue;
    auto sends = costs_of(curves, std::string{path}, "sends_per_s");
    auto total = costs_of(curves, std::string{path}, "msgs_per_s");
    auto threshold = best_threshold(total);
    curves.set_thresholds(std::string{path}, best_threshold(sends), threshold);
    row result;
    result.set("bench", "crossover").set("path", path);
    result.set("transport", transport);
    result.set("threshold_send", best_threshold(sends));
    result.set("threshold_total", threshold);
    result.set("threshold_auto", automatic.threshold());
    result.set("auto_to_best", static_cast<double>(automatic.threshold())
                                 / static_cast<double>(threshold));
    result.set("auto_rate_to_best", relative_rate(total, automatic));
    out.add(result.set("repeat", with.repeat).set("threshold", true));
  }
}

void run(const options& with, report& out) {
  for (const auto& transport : with.transports) {
    crossover_curves curves;
    measure(with, transport, curves, out);
    report_thresholds(with, transport, curves, out);
  }
}

} // namespace

workload crossover_workload() {
  workload result{"crossover",
                  "copy or lend: rates of sends and messages, and latency",
                  {"size", "transport"},
                  {},
                  run,
                  {"tcp", "ipc", "inproc"}};
  result.defaults.transports = result.transports;
  result.defaults.repeat = 3;
  result.defaults.sizes = {100,       215,       464,       1'000,
                           2'154,     4'642,     10'000,    21'544,
                           46'416,    100'000,   215'443,   464'159,
                           1'000'000, 2'154'435, 4'641'589, 10'000'000,
                           16'000'000};
  result.hurry = [](options& with) {
    with.sizes = {100, 1'000, 10'000, 100'000, 1'000'000};
  };
  return result;
}

} // namespace troupe::perf
