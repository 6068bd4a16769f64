// SPDX-License-Identifier: BSL-1.0

#include "all.hpp"

#include "bench_process.hpp"
#include "harness/report.hpp"
#include "harness/row_reader.hpp"
#include "harness/run_plan.hpp"
#include "troupe/error.hpp"

#include <stdexcept>

namespace troupe::perf {

namespace {

/// Seconds after which a run that says nothing is stopped.
constexpr int patience = 120;

/// How often all of it runs with `--quick`. Where the system puts processes
/// makes more of a difference than runs of the same processes show, and short
/// runs have to show it.
constexpr std::size_t quick_passes = 3;

std::string join(const std::vector<std::string>& words) {
  std::string result;
  for (const auto& word : words)
    result += (result.empty() ? "" : " ") + word;
  return result;
}

/// Passes the rows of one run on, marked by `pass` unless it is 0. Returns what
/// went wrong, if anything.
std::string run_step(const std::vector<std::string>& arguments,
                     std::size_t pass, report& out) try {
  bench_process process{arguments};
  while (auto line = process.read(patience)) {
    auto parsed = parse_results(*line);
    if (!parsed)
      return "\"" + *line + "\" is no row";
    for (auto& x : parsed->rows) {
      if (pass > 0)
        x.set("pass", pass);
      out.add(std::move(x));
    }
  }
  return process.finish();
} catch (const std::runtime_error& err) {
  return err.what();
}

void run(const std::vector<workload>& others, const options& with,
         report& out) {
  auto plan = plan_of_all(others, with);
  auto passes = with.quick && with.repeat == 0 ? quick_passes : 1;
  auto count = plan.size() * passes;
  std::size_t failed = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto& arguments = plan[i % plan.size()];
    auto pass = passes > 1 ? i / plan.size() + 1 : 0;
    auto command = join(arguments);
    out.progress(std::to_string(i + 1) + '/' + std::to_string(count) + ' '
                 + command);
    if (auto error = run_step(arguments, pass, out); !error.empty()) {
      out.fail(command, error);
      ++failed;
    }
    out.finish();
  }
  if (failed > 0)
    throw std::runtime_error(std::to_string(failed) + " of "
                             + std::to_string(count) + " runs failed");
}

} // namespace

workload all_of(std::span<const workload> others) {
  workload result;
  result.name = "all";
  result.summary = "everything in under 10 minutes, with --quick in under one";
  result.defaults.repeat = 0;
  std::vector<workload> copies{others.begin(), others.end()};
  result.run = [copies](const options& with, report& out) {
    run(copies, with, out);
  };
  return result;
}

} // namespace troupe::perf
