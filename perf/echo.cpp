// SPDX-License-Identifier: BSL-1.0

#include "echo.hpp"

#include "bench_tasks.hpp"
#include "harness/clock.hpp"
#include "harness/compete.hpp"
#include "harness/local_cluster.hpp"
#include "raw_device.hpp"
#include "raw_echo.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace troupe::perf {

namespace {

/// Bytes of a run whose number of tasks nobody chose.
constexpr auto bytes_per_run = std::size_t{64} << 20;

measurement run_actor(const client& session, const echo_inputs& inputs) {
  stopwatch watch;
  auto results = session.balanced().map<echo_array>(inputs);
  auto submitted = watch.seconds();
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (results.get(i).bytes().text() != inputs[i].bytes().text())
      throw std::runtime_error("the actor path changed an answer");
  return to_echo(inputs, submitted, watch.seconds());
}

/// Both paths with one number of engines.
struct stage {
  stage(const options& with, std::size_t engines,
        const std::string& transport) {
    if (with.runs_raw()) {
      device.emplace(engines, transport);
      raw.emplace(device->endpoint());
    }
    if (with.runs_actor())
      actors.emplace(engines);
  }

  void measure(row key, const echo_inputs& inputs, unsigned repeat,
               report& out) {
    std::vector<contender> contenders;
    if (raw)
      contenders.push_back({key, [&] { return raw->run(inputs); }});
    if (actors) {
      key.set("path", "actor").set("transport", "ipc");
      contenders.push_back(
        {key, [&] { return run_actor(actors->session(), inputs); }});
    }
    compete(contenders, repeat, out);
  }

  std::optional<raw_device> device;
  std::optional<raw_echo> raw;
  std::optional<local_cluster> actors;
};

/// Numbers of tasks to try with arrays of `size` bytes.
std::vector<std::size_t> counts_of(const options& with, std::size_t size) {
  if (!with.tasks.empty())
    return with.tasks;
  return {std::clamp<std::size_t>(bytes_per_run / size, with.quick ? 10 : 100,
                                  10'000)};
}

void run(const options& with, report& out) {
  for (const auto& transport : with.transports)
    for (auto engines : with.engines) {
      stage on{with, engines, transport};
      for (auto size : with.sizes)
        for (auto tasks : counts_of(with, std::max(size, sizeof(double)))) {
          auto inputs = make_echo_inputs(tasks, size);
          row key;
          key.set("bench", "echo").set("path", "raw").set("engines", engines);
          key.set("tasks", tasks).set("size", inputs.front().bytes().size());
          key.set("transport", transport);
          on.measure(key, inputs, with.repeat, out);
        }
    }
}

} // namespace

workload echo_workload() {
  workload result{"echo",
                  "arrays of doubles there and back: submission, throughput",
                  {"engines", "tasks", "size", "transport"},
                  {},
                  run};
  result.defaults.tasks.clear(); // as many as `counts_of` says
  result.defaults.sizes = {1'000, 10'000, 100'000, 1'000'000, 4'000'000};
  result.defaults.repeat = 3;
  result.hurry = [](options& with) {
    with.sizes = {10'000, 1'000'000};
    with.repeat = 3;
  };
  return result;
}

} // namespace troupe::perf
