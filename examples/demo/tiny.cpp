// SPDX-License-Identifier: BSL-1.0

#include "tiny.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <numeric>
#include <vector>

namespace demo {

namespace {

constexpr std::size_t single_tasks = 1000;

std::uint64_t triple(std::uint64_t x) {
  return 3 * x;
}
TROUPE_TASK_AS(triple, "demo.triple");

/// Seconds from one submission to its result, one task at a time.
std::vector<double> measure_latency(const troupe::balanced_view& view,
                                    std::size_t& right) {
  std::vector<double> result;
  for (std::uint64_t i = 0; i < single_tasks; ++i) {
    stopwatch watch;
    right += view.apply<triple>(i).get() == 3 * i;
    result.push_back(watch.seconds());
  }
  return result;
}

} // namespace

void run_tiny(const troupe::client& session, std::size_t tasks, report& out) {
  auto view = session.balanced();
  std::vector<std::uint64_t> inputs(tasks);
  std::iota(inputs.begin(), inputs.end(), 0);
  view.map<triple>(inputs).wait(); // warms up

  stopwatch watch;
  auto results = view.map<triple>(inputs);
  std::size_t right = 0;
  for (std::size_t i = 0; i < tasks; ++i)
    right += results.get(i) == 3 * inputs[i];
  auto wall = watch.seconds();
  auto latency = measure_latency(view, right);

  out.line(fmt::format("tiny      {} tasks at once: {} tasks/s; one at a time: "
                       "median {}, p99 {}",
                       tasks, rate_text(static_cast<double>(tasks) / wall),
                       time_text(quantile(latency, 0.5)),
                       time_text(quantile(latency, 0.99))));
  out.check(right == tasks + single_tasks, "each tiny task has its result");
}

} // namespace demo
