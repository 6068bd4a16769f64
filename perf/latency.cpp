// SPDX-License-Identifier: BSL-1.0

#include "latency.hpp"

#include "actor_latency.hpp"
#include "harness/compete.hpp"
#include "raw_latency.hpp"
#include "stream_runs.hpp"
#include "task_latency.hpp"

#include <optional>
#include <utility>

namespace troupe::perf {

namespace {

/// Both paths over one transport, with one copy policy.
struct stage {
  stage(const options& with, const stream_setup& setup) {
    if (with.runs_raw())
      raw.emplace(setup);
    if (!with.runs_actor())
      return;
    pool.emplace(setup);
    auto quick = setup;
    quick.on_pump = true;
    pump.emplace(quick);
  }

  std::optional<raw_latency> raw;
  std::optional<actor_latency> pool;
  std::optional<actor_latency> pump;
};

void measure(stage& on, row key, const stream_job& job, const options& with,
             report& out) {
  std::vector<contender> contenders;
  if (on.raw) {
    key.set("path", "raw").set("handlers", "loop");
    contenders.push_back({key, [&on, job] { return on.raw->run(job); }});
  }
  if (on.pool) {
    key.set("path", "actor").set("handlers", "pool");
    contenders.push_back({key, [&on, job] { return on.pool->run(job); }});
    key.set("handlers", "pump");
    contenders.push_back({key, [&on, job] { return on.pump->run(job); }});
  }
  compete(contenders, with.repeat, out);
}

void run(const options& with, report& out) {
  if (with.one_task)
    return run_task_latency(with, out);
  stream_limits limits{with.quick ? 500u : 5'000u,
                       std::size_t{with.quick ? 32u : 256u} << 20};
  run_streams<stage>("latency", limits, with,
                     [&](stage& on, row key, const stream_job& job) {
                       measure(on, std::move(key), job, with, out);
                     });
}

} // namespace

workload latency_workload() {
  workload result{"latency",
                  "round trips, one after the other: REQ to REP, or a task",
                  {"engines", "size", "transport", "copy", "task"},
                  {},
                  run,
                  {"tcp", "ipc", "inproc"}};
  result.defaults.transports = result.transports;
  result.defaults.sizes = {32, 1 << 10, 16 << 10, 256 << 10, 4 << 20};
  result.hurry = [](options& with) {
    with.sizes = {32, 16 << 10};
    with.repeat = 3;
  };
  return result;
}

} // namespace troupe::perf
