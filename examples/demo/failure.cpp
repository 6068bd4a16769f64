// SPDX-License-Identifier: BSL-1.0

#include "failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <numeric>
#include <optional>
#include <signal.h>
#include <thread>
#include <vector>

namespace demo {

namespace {

using namespace std::chrono_literals;

/// How long the cluster may take for what it does in a moment.
constexpr auto patience = 20s;

/// Takes about a millisecond.
std::uint64_t slow_square(std::uint64_t x) {
  std::this_thread::sleep_for(1ms);
  return x * x;
}
TROUPE_TASK_AS(slow_square, "demo.slow_square");

using engine = troupe::status_message::engine;

/// Picks the engine that is to die: a busy one, if there is.
std::optional<engine> pick_victim(const troupe::client& session) {
  auto engines = session.status().engines;
  std::erase_if(engines, [](const engine& x) { return !x.ready; });
  auto by_load = [](const engine& x, const engine& y) {
    return x.load < y.load;
  };
  auto i = std::max_element(engines.begin(), engines.end(), by_load);
  return i != engines.end() ? std::optional{*i} : std::nullopt;
}

/// Waits until the hub has given up the engine. Returns the seconds it took.
double wait_until_gone(const troupe::client& session, troupe::engine_id id) {
  stopwatch watch;
  auto is_there = [&](const troupe::status_message& status) {
    return std::any_of(status.engines.begin(), status.engines.end(),
                       [&](const engine& x) { return x.id == id && x.ready; });
  };
  while (watch.seconds() < 10 && is_there(session.status()))
    std::this_thread::sleep_for(1ms);
  return watch.seconds();
}

} // namespace

void run_failure(const troupe::client& session, std::size_t tasks,
                 report& out) {
  std::vector<std::uint64_t> inputs(tasks);
  std::iota(inputs.begin(), inputs.end(), 0);
  auto before = session.status();
  auto results = session.balanced().map<slow_square>(inputs);
  results.completed(tasks / 4, patience);
  auto victim = pick_victim(session);
  if (!victim) {
    out.check(false, "there is an engine to kill");
    return;
  }
  kill(static_cast<pid_t>(victim->pid), SIGKILL);
  auto noticed = wait_until_gone(session, victim->id);
  auto finished = results.wait(patience);

  std::size_t right = 0, lost = 0, retried = 0;
  for (std::size_t i = 0; i < tasks; ++i) {
    if (!results.ready(i) || results.error_of(i)) {
      ++lost;
      continue;
    }
    right += results.get(i) == i * i;
    retried += results.info(i).attempts > 1;
  }
  auto after = session.status();
  out.line(
    fmt::format("failure   engine {} killed on purpose among {} tasks of "
                "1 ms: noticed in {}, {} tasks retried, {} lost",
                value(victim->id), tasks, time_text(noticed), retried, lost));
  out.check(finished && lost == 0, "no task is lost with its engine");
  out.check(right == tasks, "each task of the killed engine's map is right");
  out.check(after.redispatched - before.redispatched == retried,
            "the controller counts the retries that the results tell");
}

} // namespace demo
