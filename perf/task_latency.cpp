// SPDX-License-Identifier: BSL-1.0

#include "task_latency.hpp"

#include "bench_tasks.hpp"
#include "harness/clock.hpp"
#include "harness/compete.hpp"
#include "harness/local_cluster.hpp"
#include "harness/payload.hpp"
#include "raw_device.hpp"
#include "raw_latency.hpp"
#include "raw_task_latency.hpp"
#include "stream.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace troupe::perf {

namespace {

measurement run_actor(const client& session,
                      const std::vector<std::string>& inputs) {
  auto view = session.balanced();
  std::vector<double> seconds;
  seconds.reserve(inputs.size());
  for (const auto& input : inputs) {
    stopwatch watch;
    auto answer = view.apply<echo_text>(input).get();
    seconds.push_back(watch.seconds());
    if (answer != input)
      throw std::runtime_error("the actor path changed an answer");
  }
  return to_latency(seconds);
}

void measure(const options& with, const std::string& transport,
             std::size_t engines, report& out) {
  std::optional<raw_device> device;
  std::optional<local_cluster> actors;
  if (with.runs_raw())
    device.emplace(engines, transport);
  if (with.runs_actor())
    actors.emplace(engines);
  auto most = std::size_t{with.quick ? 500u : 2'000u};
  for (auto size : with.sizes) {
    auto inputs = make_payloads(stream_count(size, most, 64u << 20), size);
    row key;
    key.set("bench", "latency").set("path", "raw");
    key.set("transport", transport).set("size", size);
    key.set("engines", engines).set("task", true);
    std::vector<contender> contenders;
    if (device)
      contenders.push_back({key, raw_task_latency(device->endpoint(), inputs)});
    if (actors) {
      key.set("path", "actor").set("transport", "ipc");
      contenders.push_back(
        {key, [&] { return run_actor(actors->session(), inputs); }});
    }
    compete(contenders, with.repeat, out);
  }
}

} // namespace

void run_task_latency(const options& with, report& out) {
  for (const auto& transport : with.transports)
    if (transport != "inproc") // engines are processes
      for (auto engines : with.engines)
        measure(with, transport, engines, out);
}

} // namespace troupe::perf
