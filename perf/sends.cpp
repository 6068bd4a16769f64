// SPDX-License-Identifier: BSL-1.0

#include "sends.hpp"

#include "actor_throughput.hpp"
#include "harness/compete.hpp"
#include "raw_throughput.hpp"
#include "stream.hpp"

#include <memory>

namespace troupe::perf {

namespace {

/// What to tell about a run. Runs with a release callback too few are errors.
measurement to_handover(const stream_job& job, const measurement& xs) {
  auto count = static_cast<double>(job.count);
  return {{"submit_ms", count / xs.front().second * 1e3}, {"released", count}};
}

template <class Path>
contender make_contender(row key, const stream_setup& setup, stream_job job) {
  return {std::move(key), [x = std::make_shared<Path>(setup), job] {
            return to_handover(job, x->run(job));
          }};
}

void run(const options& with, report& out) {
  for (const auto& transport : with.transports)
    for (auto size : with.sizes)
      for (auto count : with.tasks) {
        stream_setup setup{transport, copy_policy::never()};
        setup.hwm = 0;
        stream_job job{count, size};
        row key;
        key.set("bench", "sends").set("path", "raw");
        key.set("transport", transport).set("size", size);
        key.set("tasks", count).set("batch", 1);
        std::vector<contender> xs;
        if (with.runs_raw())
          xs.push_back(make_contender<raw_throughput>(key, setup, job));
        for (auto batch : with.batches) {
          key.set("path", "actor").set("batch", batch);
          job.batch = batch;
          if (with.runs_actor())
            xs.push_back(make_contender<actor_throughput>(key, setup, job));
        }
        compete(xs, with.repeat, out);
      }
}

} // namespace

workload sends_workload() {
  workload result{"sends",
                  "large arrays handed over at once: time of the sender",
                  {"tasks", "size", "transport", "batch"},
                  {},
                  run,
                  {"tcp", "ipc", "inproc"}};
  result.defaults.transports = result.transports;
  result.defaults.tasks = {100};
  result.defaults.sizes = {4 << 20};
  result.defaults.batches = {1, 100};
  result.hurry = [](options& with) {
    with.transports = {"ipc"};
    with.repeat = 3;
  };
  return result;
}

} // namespace troupe::perf
