// SPDX-License-Identifier: BSL-1.0

#include "memory.hpp"

#include "engine_gate.hpp"
#include "harness/compete.hpp"
#include "harness/local_cluster.hpp"
#include "raw_device.hpp"
#include "resident.hpp"
#include "task_clients.hpp"
#include "troupe/limits.hpp"
#include "troupe/process/connection_info.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <map>
#include <signal.h>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace troupe::perf {

namespace {

struct memory_job {
  std::size_t engines = 0;
  std::size_t queued = 0;
  std::size_t size = 0;

  /// Tasks to run before the last look.
  std::size_t tasks = 0;

  /// As many clients as it takes until all tasks are in the controller, which
  /// lets each have a limited number of them there.
  std::size_t clients() const noexcept {
    constexpr auto most = std::size_t{limits::client_tasks} - 1024;
    return (queued + most - 1) / most;
  }
};

/// The processes of one path by role.
using cast = std::map<std::string, std::vector<pid_t>>;

const std::array roles{"controller", "engine", "client"};

/// Bytes by role, of all processes of a role together.
using footprint = std::map<std::string, double>;

footprint look_at(const cast& processes) {
  footprint result;
  for (const auto& [name, pids] : processes)
    for (auto pid : pids)
      result[name] += resident_bytes(pid);
  return result;
}

/// Looks until nothing changes for a tenth of a second, at most for five
/// seconds.
footprint look_when_settled(const cast& processes) {
  auto result = look_at(processes);
  for (auto i = 0, equal = 0; i < 250 && equal < 5; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    auto now = look_at(processes);
    equal = now == result ? equal + 1 : 0;
    result = std::move(now);
  }
  return result;
}

/// What one run says about each role.
using finding = std::map<std::string, measurement>;

/// Looks at the processes while they are idle, while tasks are queued, and
/// after many tasks.
template <class Block>
finding look_over(const memory_job& job, const cast& processes,
                  task_clients& clients, Block block) {
  auto idle = look_when_settled(processes);
  footprint queued;
  block([&] { clients.submit(job.queued, job.size); },
        [&] { queued = look_when_settled(processes); });
  clients.collect();
  for (std::size_t done = job.queued; done < job.tasks; done += job.queued) {
    clients.submit(job.queued, job.size);
    clients.collect();
  }
  auto after = look_when_settled(processes);
  finding result;
  for (const auto& [name, pids] : processes) {
    auto mb = 1e-6 / static_cast<double>(pids.size());
    result[name] = {{"idle_mb", idle[name] * mb},
                    {"after_mb", after[name] * mb}};
    if (name != "engine") // has hardly any
      result[name].emplace_back("per_task_b",
                                (queued[name] - idle[name]) / job.queued);
  }
  return result;
}

finding run_actor(const memory_job& job) {
  local_cluster actors{job.engines};
  task_clients clients{"actor-client", to_json(actors.processes().info()),
                       job.clients()};
  cast processes{{"controller", {actors.processes().controller_pid()}},
                 {"client", clients.pids()}};
  for (const auto& x : actors.session().status().engines)
    processes["engine"].push_back(static_cast<pid_t>(x.pid));
  return look_over(job, processes, clients, [&](auto submit, auto look) {
    engine_gate gate{actors.session(), job.engines};
    submit();
    gate.await_queue(job.queued);
    look();
    gate.open();
  });
}

finding run_raw(const memory_job& job) {
  raw_device device{job.engines, "ipc"};
  task_clients clients{"raw-client", device.endpoint(), job.clients()};
  auto workers = device.worker_pids();
  cast processes{{"controller", {device.device_pid()}},
                 {"engine", {workers.begin(), workers.end()}},
                 {"client", clients.pids()}};
  clients.submit(job.engines, job.size); // until all are connected
  clients.collect();
  return look_over(job, processes, clients, [&](auto submit, auto look) {
    for (auto pid : workers)
      kill(pid, SIGSTOP);
    submit();
    look();
    for (auto pid : workers)
      kill(pid, SIGCONT);
  });
}

/// Hands out what the runs found, one after the other. The first look warms
/// nothing up here, and takes nothing.
std::function<measurement()> replay(const std::vector<finding>& xs,
                                    std::string name) {
  return
    [&xs, name = std::move(name), i = std::size_t{0}, warm = false]() mutable {
      auto& result = xs[i].at(name);
      i += std::exchange(warm, true) ? 1 : 0;
      return result;
    };
}

void measure(const memory_job& job, const options& with, report& out) {
  std::vector<finding> raw, actor;
  for (unsigned i = 0; i < with.repeat; ++i) {
    out.progress("memory " + std::to_string(i + 1));
    if (with.runs_raw())
      raw.push_back(run_raw(job));
    if (with.runs_actor())
      actor.push_back(run_actor(job));
  }
  for (auto name : roles) {
    row key;
    key.set("bench", "memory").set("path", "raw").set("role", name);
    key.set("engines", job.engines).set("queued", job.queued);
    key.set("size", job.size).set("tasks", job.tasks);
    std::vector<contender> contenders;
    if (!raw.empty())
      contenders.push_back({key, replay(raw, name)});
    key.set("path", "actor");
    if (!actor.empty())
      contenders.push_back({key, replay(actor, name)});
    compete(contenders, with.repeat, out);
  }
}

void run(const options& with, report& out) {
  for (auto engines : with.engines)
    for (auto queued : with.queued)
      for (auto size : with.sizes)
        for (auto tasks : with.tasks)
          measure({engines, queued, size, tasks}, with, out);
}

} // namespace

workload memory_workload() {
  workload result{"memory",
                  "resident memory: idle, per queued task, after many tasks",
                  {"engines", "queued", "size", "tasks"},
                  {},
                  run};
  result.defaults.queued = {100'000};
  result.defaults.tasks = {1'000'000};
  result.defaults.repeat = 3;
  result.hurry = [](options& with) {
    with.queued = {20'000};
    with.tasks = {100'000};
    with.repeat = 1;
  };
  return result;
}

} // namespace troupe::perf
