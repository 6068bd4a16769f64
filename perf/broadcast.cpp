// SPDX-License-Identifier: BSL-1.0

#include "broadcast.hpp"

#include "fan_out.hpp"
#include "harness/clock.hpp"
#include "harness/compete.hpp"
#include "raw_fan.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace troupe::perf {

namespace {

/// Most messages to engines, and most bytes to them, of a run.
constexpr std::size_t messages_per_run = 5'000;
constexpr std::size_t most_batches = 100;
constexpr auto bytes_per_run = std::size_t{64} << 20;

measurement to_rate(std::size_t engines, std::size_t rounds, double seconds) {
  auto count = static_cast<double>(engines * rounds);
  return {{"engine_msgs_per_s", count / seconds}};
}

struct stage {
  stage(const options& with, std::size_t engines, const std::string& transport)
    : engines(engines) {
    if (with.runs_raw())
      raw.emplace(engines, transport);
    if (with.runs_actor())
      for (auto depth : with.depths)
        actors.emplace_back(
          depth, std::make_unique<local_cluster>(engines, "leastload",
                                                 static_cast<unsigned>(depth)));
  }

  measurement run_raw(const std::vector<buffer>& payloads, std::size_t batch) {
    stopwatch watch;
    raw->run(payloads, batch);
    return to_rate(engines, payloads.size(), watch.seconds());
  }

  measurement run_actor(const local_cluster& on,
                        const std::vector<buffer>& payloads,
                        std::size_t batch) const {
    stopwatch watch;
    cast_payloads(on.session(), payloads, batch);
    return to_rate(engines, payloads.size(), watch.seconds());
  }

  std::size_t engines;
  std::optional<raw_fan> raw;

  /// A cluster per depth.
  std::vector<std::pair<std::size_t, std::unique_ptr<local_cluster>>> actors;
};

std::size_t rounds_of(std::size_t engines, std::size_t size, std::size_t batch,
                      bool quick) {
  auto most = messages_per_run * std::min(batch, most_batches) / engines
              / (quick ? 20 : 1);
  auto fit = bytes_per_run / engines / std::max<std::size_t>(size, 1);
  return std::max<std::size_t>(2, std::min(most, fit));
}

void measure(stage& on, row key, std::size_t size, std::size_t batch,
             const options& with, report& out) {
  auto rounds = rounds_of(on.engines, size, batch, with.quick);
  auto payloads = make_payload_buffers(rounds, size);
  std::vector<contender> contenders;
  if (on.raw)
    contenders.push_back({key, [&] { return on.run_raw(payloads, batch); }});
  key.set("path", "actor").set("transport", "ipc");
  for (const auto& [depth, actors] : on.actors) {
    if (depth > 0)
      key.set("depth", depth);
    contenders.push_back({key, [&, &cluster = *actors] {
                            return on.run_actor(cluster, payloads, batch);
                          }});
  }
  compete(contenders, with.repeat, out);
}

void run(const options& with, report& out) {
  for (const auto& transport : with.transports)
    for (auto engines : with.engines) {
      stage on{with, engines, transport};
      for (auto size : with.sizes)
        for (auto batch : with.batches) {
          row key;
          key.set("bench", "broadcast").set("path", "raw");
          key.set("engines", engines).set("size", size).set("batch", batch);
          key.set("transport", transport);
          measure(on, std::move(key), size, batch, with, out);
        }
    }
}

} // namespace

workload broadcast_workload() {
  workload result{"broadcast",
                  "one payload to all engines: messages to engines per second",
                  {"engines", "size", "transport", "batch", "depth"},
                  {},
                  run};
  result.defaults.engines = {1, 4, 16, 64, 256};
  result.defaults.sizes = {16, 10'000, 1'000'000};
  result.defaults.batches = {1, 256};
  result.defaults.repeat = 3;
  result.hurry = [](options& with) {
    with.engines = {4, 16};
    with.sizes = {16, 100'000};
    with.repeat = 3;
  };
  return result;
}

} // namespace troupe::perf
