// SPDX-License-Identifier: BSL-1.0

#include "flood.hpp"

#include "harness/clock.hpp"
#include "harness/compete.hpp"
#include "harness/local_cluster.hpp"
#include "harness/payload.hpp"
#include "peer_flood.hpp"
#include "raw_device.hpp"
#include "raw_flood.hpp"
#include "troupe/troupe.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::perf {

namespace {

/// The scheme of the raw path: a device deals tasks out in turn. A cluster can
/// have one, too.
constexpr const char* pure = "pure";

std::string echo(std::string_view text) {
  return std::string{text};
}
TROUPE_TASK_AS(echo, "bench.flood");

/// Maps the echo over `inputs` and compares each result with its input.
measurement run_actor(const client& session,
                      const std::vector<std::string>& inputs) {
  stopwatch watch;
  auto results = session.balanced().map<echo>(inputs);
  auto sent = watch.seconds();
  for (std::size_t i = 0; i < inputs.size(); ++i)
    if (results.get(i) != inputs[i])
      throw std::runtime_error("the actor path changed an answer");
  auto roundtrip = watch.seconds();
  auto count = static_cast<double>(inputs.size());
  return {{"sent_per_s", count / sent}, {"roundtrip_per_s", count / roundtrip}};
}

/// The same, with `batch` tasks per call of the caller.
measurement run_calls(const client& session,
                      const std::vector<std::string>& inputs,
                      std::size_t batch) {
  auto view = session.balanced();
  std::vector<map_result<std::string>> calls;
  calls.reserve((inputs.size() + batch - 1) / batch);
  stopwatch watch;
  for (std::size_t i = 0; i < inputs.size(); i += batch)
    calls.push_back(view.map<echo>(
      std::span{inputs}.subspan(i, std::min(batch, inputs.size() - i))));
  auto sent = watch.seconds();
  std::size_t next = 0;
  for (auto& call : calls)
    for (std::size_t i = 0; i < call.size(); ++i)
      if (call.get(i) != inputs[next++])
        throw std::runtime_error("the actor path changed an answer");
  auto roundtrip = watch.seconds();
  auto count = static_cast<double>(inputs.size());
  return {{"sent_per_s", count / sent}, {"roundtrip_per_s", count / roundtrip}};
}

/// Submits `length` tasks one by one, each after the one before.
measurement run_chain(const client& session,
                      const std::vector<std::string>& inputs,
                      std::size_t length) {
  auto view = session.balanced();
  std::vector<async_result<std::string>> links;
  links.reserve(length);
  auto input = [&](std::size_t i) { return inputs[i % inputs.size()]; };
  stopwatch watch;
  links.push_back(view.apply<echo>(input(0)));
  for (std::size_t i = 1; i < length; ++i)
    links.push_back(view.with({.after = {links.back()}}).apply<echo>(input(i)));
  auto sent = watch.seconds();
  for (std::size_t i = 0; i < length; ++i)
    if (links[i].get() != input(i))
      throw std::runtime_error("the actor path changed an answer");
  auto roundtrip = watch.seconds();
  auto count = static_cast<double>(length);
  return {{"sent_per_s", count / sent}, {"roundtrip_per_s", count / roundtrip}};
}

/// The processes of both paths, all of them up while either is measured.
struct stage {
  stage(const options& with, std::size_t engines,
        const std::string& transport) {
    if (with.runs_raw()) {
      device.emplace(engines, transport);
      raw.emplace(device->endpoint());
    }
    if (with.runs_actor())
      for (const auto& scheme : with.schemes)
        actors.emplace_back(scheme,
                            std::make_unique<local_cluster>(engines, scheme));
    for (const auto& name : with.rivals)
      peers.emplace_back(name, start_peer(name, engines));
  }

  std::optional<raw_device> device;
  std::optional<raw_flood> raw;

  /// A cluster per scheme.
  std::vector<std::pair<std::string, std::unique_ptr<local_cluster>>> actors;

  std::vector<std::pair<std::string, peer_run>> peers;
};

void measure(stage& on, row key, const std::vector<std::string>& inputs,
             const options& with, report& out) {
  std::vector<contender> contenders;
  if (on.raw)
    contenders.push_back({key, [&] { return on.raw->run(inputs); }});
  key.set("path", "actor").set("transport", "ipc");
  for (const auto& [scheme, actors] : on.actors) {
    key.set("scheme", scheme);
    contenders.push_back({key, [&inputs, &session = actors->session()] {
                            return run_actor(session, inputs);
                          }});
    for (auto batch : with.batches) {
      auto calls = key;
      calls.set("batch", batch);
      contenders.push_back(
        {calls, [&inputs, &session = actors->session(), batch] {
           return run_calls(session, inputs, batch);
         }});
    }
    for (auto length : with.chains) {
      if (scheme == pure)
        break; // a device knows nothing of `after`
      auto chain = key;
      chain.set("chain", length);
      contenders.push_back(
        {chain, [&inputs, &session = actors->session(), length] {
           return run_chain(session, inputs, length);
         }});
    }
  }
  key.set("transport", "tcp").set("scheme", "own");
  for (const auto& [name, run] : on.peers) {
    key.set("path", name);
    contenders.push_back({key, [&inputs, &run] {
                            return run(inputs.size(), inputs.front().size());
                          }});
  }
  compete(contenders, with.repeat, out);
}

void run(const options& with, report& out) {
  for (const auto& transport : with.transports)
    for (auto engines : with.engines) {
      stage on{with, engines, transport};
      for (auto tasks : with.tasks)
        for (auto size : with.sizes) {
          row key;
          key.set("bench", "flood").set("path", "raw").set("engines", engines);
          key.set("tasks", tasks).set("size", size).set("scheme", pure);
          key.set("transport", transport);
          measure(on, key, make_payloads(tasks, size), with, out);
        }
    }
}

} // namespace

workload flood_workload() {
  workload result{"flood",
                  "N tiny tasks at once: sent and round trips per second",
                  {"engines", "tasks", "size", "transport", "scheme", "batch",
                   "chain", "peer"},
                  {},
                  run};
  result.defaults.batches.clear(); // all tasks in one call
  result.schemes.push_back(pure);
  result.rivals = peer_names();
  return result;
}

} // namespace troupe::perf
