// SPDX-License-Identifier: BSL-1.0

#include "startup.hpp"

#include "fan_out.hpp"
#include "harness/compete.hpp"
#include "raw_fan.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace troupe::perf {

namespace {

using clock = std::chrono::steady_clock;

double to_ms(clock::duration x) {
  return std::chrono::duration<double, std::milli>{x}.count();
}

measurement run_raw(std::size_t engines, const std::string& transport) {
  raw_fan workers{engines, transport};
  return {{"ready_ms", workers.all_answered() * 1e3},
          {"first_result_ms", workers.first_answer() * 1e3}};
}

/// Starts a cluster and lets each engine run a task.
measurement run_actor(std::size_t engines) {
  auto payload = make_payload_buffers(1, 16).front();
  auto start = clock::now();
  local_cluster actors{engines};
  auto first = fan_out(actors.session(), engines, payload);
  auto ready = clock::now();
  return {{"ready_ms", to_ms(ready - start)},
          {"first_result_ms", to_ms(first - start)}};
}

void run(const options& with, report& out) {
  for (const auto& transport : with.transports)
    for (auto engines : with.engines) {
      row key;
      key.set("bench", "startup").set("path", "raw").set("engines", engines);
      key.set("transport", transport);
      std::vector<contender> contenders;
      if (with.runs_raw())
        contenders.push_back(
          {key, [=] { return run_raw(engines, transport); }});
      key.set("path", "actor").set("transport", "ipc");
      if (with.runs_actor())
        contenders.push_back({key, [=] { return run_actor(engines); }});
      compete(contenders, with.repeat, out);
    }
}

} // namespace

workload startup_workload() {
  workload result{"startup",
                  "start of N engines until each has answered",
                  {"engines", "transport"},
                  {},
                  run};
  result.defaults.engines = {1, 4, 16, 64};
  result.hurry = [](options& with) {
    with.engines = {1, 4};
    with.repeat = 3;
  };
  return result;
}

} // namespace troupe::perf
