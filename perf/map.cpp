// SPDX-License-Identifier: BSL-1.0

#include "map.hpp"

#include "bench_tasks.hpp"
#include "harness/clock.hpp"
#include "harness/compete.hpp"
#include "harness/local_cluster.hpp"
#include "raw_sleepers.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace troupe::perf {

namespace {

/// How long a run would take if only the sleeps took time, if nobody says how
/// many there are.
constexpr std::size_t ideal_ms = 192;

measurement to_efficiency(const map_job& job, double sent, double seconds) {
  return {{"efficiency", job.ideal_seconds() / seconds},
          {"sent_ms", sent * 1e3}};
}

measurement run_raw(raw_sleepers& sleepers, const map_job& job) {
  stopwatch watch;
  auto sent = sleepers.run(job);
  return to_efficiency(job, sent, watch.seconds());
}

measurement run_actor(const client& session, const map_job& job) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> inputs;
  for (std::uint32_t i = 0; i < job.tasks; ++i)
    inputs.emplace_back(i, static_cast<std::uint32_t>(job.dt_ms));
  stopwatch watch;
  auto results = session.balanced().map<nap>(inputs);
  auto sent = watch.seconds();
  for (std::size_t i = 0; i < job.tasks; ++i)
    if (results.get(i) != i)
      throw std::runtime_error("the actor path changed an answer");
  return to_efficiency(job, sent, watch.seconds());
}

std::vector<std::size_t> counts_of(const options& with, std::size_t engines,
                                   std::size_t dt) {
  if (!with.tasks.empty())
    return with.tasks;
  auto wanted = with.quick ? ideal_ms / 4 : ideal_ms;
  return {engines * std::max<std::size_t>(wanted / dt, 2)};
}

void measure(raw_sleepers* sleepers, const client* session, const map_job& job,
             const options& with, report& out) {
  row key;
  key.set("bench", "map").set("path", "raw").set("engines", job.engines);
  key.set("dt_ms", job.dt_ms).set("tasks", job.tasks);
  std::vector<contender> contenders;
  if (sleepers != nullptr)
    contenders.push_back({key, [&] { return run_raw(*sleepers, job); }});
  key.set("path", "actor");
  if (session != nullptr)
    contenders.push_back({key, [&] { return run_actor(*session, job); }});
  compete(contenders, with.repeat, out);
}

void run(const options& with, report& out) {
  for (auto engines : with.engines) {
    std::optional<raw_sleepers> sleepers;
    std::optional<local_cluster> actors;
    if (with.runs_raw())
      sleepers.emplace(engines);
    if (with.runs_actor())
      actors.emplace(engines);
    for (auto dt : with.dts)
      for (auto tasks : counts_of(with, engines, dt))
        measure(sleepers ? &*sleepers : nullptr,
                actors ? &actors->session() : nullptr, {engines, dt, tasks},
                with, out);
  }
}

} // namespace

workload map_workload() {
  workload result{"map",
                  "tasks that sleep: the ideal time in relation to the actual",
                  {"engines", "dt", "tasks"},
                  {},
                  run};
  result.defaults.engines = {4, 31, 63};
  result.defaults.tasks.clear(); // as many as `counts_of` says
  result.defaults.repeat = 3;
  result.hurry = [](options& with) {
    with.engines = {4, 16};
    with.dts = {1, 16};
    with.repeat = 3;
  };
  return result;
}

} // namespace troupe::perf
