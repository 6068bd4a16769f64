// SPDX-License-Identifier: BSL-1.0

#include "backlog.hpp"

#include "bench_tasks.hpp"
#include "engine_gate.hpp"
#include "harness/clock.hpp"
#include "harness/compete.hpp"
#include "harness/local_cluster.hpp"
#include "raw_backlog.hpp"
#include "scheduler_backlog.hpp"
#include "troupe/limits.hpp"

#include <algorithm>
#include <cstddef>
#include <deque>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace troupe::perf {

namespace {

/// Tasks per map. Maps are not the subject here, so there are few of them, but
/// enough to keep the shortest queue full.
constexpr std::size_t map_size = 250;

/// Maps in flight, the oldest first.
class map_queue {
public:
  map_queue(const client& session, std::size_t size)
    : view_(session.balanced()), size_(size) {
    // nop
  }

  void send() {
    auto numbers = std::views::iota(next_, next_ + map_size);
    auto inputs = numbers | std::views::transform([this](std::size_t i) {
                    return make_marked_payload(i, size_);
                  });
    open_.push_back({next_, view_.map<echo_text>(inputs)});
    next_ += map_size;
  }

  /// Waits for the oldest map and compares all answers.
  void take() {
    auto& [first, results] = open_.front();
    for (std::size_t i = 0; i < map_size; ++i)
      if (results.get(i) != make_marked_payload(first + i, size_))
        throw std::runtime_error("the actor path changed an answer");
    open_.pop_front();
  }

  bool empty() const noexcept {
    return open_.empty();
  }

private:
  balanced_view view_;
  std::size_t size_;
  std::size_t next_ = 0;
  std::deque<std::pair<std::size_t, map_result<std::string>>> open_;
};

measurement run_actor(const client& session, std::size_t engines,
                      const backlog_job& job) {
  map_queue maps{session, job.size};
  {
    engine_gate gate{session, engines};
    for (std::size_t i = 0; i < job.queued; i += map_size)
      maps.send();
    gate.await_queue(
      std::min<std::size_t>(job.queued, limits::client_tasks - 1024));
    gate.open();
  }
  auto exchange = [&](std::size_t count) {
    for (std::size_t i = 0; i < count; i += map_size) {
      maps.take();
      maps.send();
    }
  };
  exchange(job.warm_up);
  stopwatch watch;
  exchange(job.tasks);
  auto seconds = watch.seconds();
  while (!maps.empty())
    maps.take();
  return {{"rate_per_s", static_cast<double>(job.tasks) / seconds}};
}

void measure(const options& with, std::size_t engines, std::size_t size,
             report& out) {
  std::optional<raw_device> device;
  std::optional<local_cluster> actors;
  if (with.runs_raw())
    device.emplace(engines, "ipc");
  if (with.runs_actor())
    actors.emplace(engines);
  for (auto queued : with.queued) {
    queued = (queued + map_size - 1) / map_size * map_size;
    auto tasks = std::size_t{with.quick ? 20'000u : 200'000u};
    backlog_job job{queued, size, tasks / 10, tasks};
    row key;
    key.set("bench", "backlog").set("path", "raw").set("part", "cluster");
    key.set("engines", engines).set("queued", queued).set("size", size);
    std::vector<contender> contenders;
    if (device)
      contenders.push_back({key, raw_backlog(*device, job)});
    key.set("path", "actor");
    if (actors)
      contenders.push_back(
        {key, [&, job] { return run_actor(actors->session(), engines, job); }});
    compete(contenders, with.repeat, out);
    run_scheduler_backlog(with, engines, queued, size, out);
  }
}

void run(const options& with, report& out) {
  for (auto engines : with.engines)
    for (auto size : with.sizes)
      measure(with, engines, size, out);
}

} // namespace

workload backlog_workload() {
  workload result{"backlog",
                  "tasks per second while many others wait",
                  {"engines", "queued", "size"},
                  {},
                  run};
  result.defaults.repeat = 3;
  result.hurry = [](options& with) { with.queued = {1'000, 100'000}; };
  return result;
}

} // namespace troupe::perf
