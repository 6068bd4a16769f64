// SPDX-License-Identifier: BSL-1.0

#include "throughput.hpp"

#include "actor_throughput.hpp"
#include "harness/compete.hpp"
#include "raw_throughput.hpp"
#include "stream_runs.hpp"

#include <optional>
#include <utility>

namespace troupe::perf {

namespace {

/// Both paths over one transport, with one copy policy.
struct stage {
  stage(const options& with, stream_setup setup) {
    setup.bridged = with.bridged;
    if (with.runs_raw())
      raw.emplace(setup);
    if (with.runs_actor())
      actor.emplace(setup);
  }

  std::optional<raw_throughput> raw;
  std::optional<actor_throughput> actor;
};

void measure(stage& on, row key, stream_job job, const options& with,
             report& out) {
  std::vector<contender> contenders;
  if (on.raw) {
    key.set("path", "raw").set("batch", 1).set("peers", "raw");
    contenders.push_back({key, [&on, job] { return on.raw->run(job); }});
  }
  for (auto batch : with.batches) {
    if (!on.actor)
      break;
    key.set("path", "actor").set("batch", batch);
    key.set("peers", with.bridged ? "bridged" : "raw");
    job.batch = batch;
    contenders.push_back({key, [&on, job] { return on.actor->run(job); }});
  }
  compete(contenders, with.repeat, out);
}

void run(const options& with, report& out) {
  stream_limits limits{with.quick ? 100'000u : 1'000'000u,
                       std::size_t{with.quick ? 64u : 512u} << 20, true};
  run_streams<stage>("throughput", limits, with,
                     [&](stage& on, row key, const stream_job& job) {
                       measure(on, std::move(key), job, with, out);
                     });
}

} // namespace

workload throughput_workload() {
  workload result{"throughput",
                  "PUSH to PULL: rates of sends and of messages",
                  {"size", "transport", "copy", "batch", "peers"},
                  {},
                  run,
                  {"tcp", "ipc", "inproc"}};
  result.defaults.transports = result.transports;
  result.defaults.sizes = {32,       256,       1 << 10, 4 << 10, 16 << 10,
                           64 << 10, 256 << 10, 1 << 20, 4 << 20};
  result.hurry = [](options& with) {
    with.sizes = {32, 4 << 10, 256 << 10};
    with.repeat = 3;
  };
  return result;
}

} // namespace troupe::perf
