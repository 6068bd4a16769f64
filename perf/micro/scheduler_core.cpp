// SPDX-License-Identifier: BSL-1.0

#include "troupe/scheduling/scheduler_core.hpp"

#include "micro/samples.hpp"
#include "troupe/interfaces.hpp"
#include "troupe/protocol/read.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace troupe;
using namespace troupe::perf;

/// Tasks of one submission.
constexpr std::size_t batch = 256;

task_scheduler_config make_config(std::size_t engines) {
  task_scheduler_config result;
  result.client_tasks = 4'000'000;
  result.client_bytes = std::uint64_t{1} << 40;
  result.hwm = static_cast<std::uint32_t>(batch / engines);
  return result;
}

/// A scheduler with one client and engines that answer all they get. All
/// engines together take one batch.
class cast {
public:
  explicit cast(std::size_t engines) : core_(make_config(engines)) {
    core_.admit(client_id{1}, client_token);
    core_.receive({client_, {pack_join(client_token)}});
    for (std::uint32_t i = 0; i < engines; ++i) {
      engine_joined engine;
      engine.id = engine_id{i};
      engine.token = i + 1;
      engine.functions = {sample_function};
      core_.admit(engine);
      core_.receive({routing_id{"e" + std::to_string(i)}, {pack_join(i + 1)}});
    }
    note(core_.flush());
  }

  /// Lets tasks queue up, beyond those that the engines take.
  void queue(std::size_t count) {
    for (std::size_t i = 0; i < count; i += batch)
      core_.receive(next_submit());
    note(core_.flush());
  }

  multipart next_submit() {
    auto result = make_submit(client_, next_, batch, 16);
    next_ += batch;
    return result;
  }

  /// The answers to all dispatches.
  std::vector<multipart> next_results() {
    std::vector<multipart> result;
    for (auto& [peer, keys] : std::exchange(dispatched_, {}))
      result.push_back(make_results(routing_id{peer}, keys));
    return result;
  }

  scheduler_actions round(std::vector<multipart> results, multipart submit) {
    for (auto& message : results)
      core_.receive(std::move(message));
    core_.receive(std::move(submit));
    return core_.flush();
  }

  /// Looks at what was sent.
  /// @returns number of tasks that were dispatched.
  std::size_t note(scheduler_actions actions) {
    std::size_t result = 0;
    for (auto& message : actions.messages) {
      auto view = message_view::make(std::move(message));
      if (!view || view->get<wire::Dispatch>() == nullptr)
        continue;
      auto tasks = read_tasks(*view);
      auto& keys = dispatched_[std::string{view->peer().bytes()}];
      for (const auto& x : tasks->entries)
        keys.push_back(x.id());
      result += keys.size();
    }
    return result;
  }

private:
  static constexpr std::uint64_t client_token = 1'000'000;

  const routing_id client_{"client"};
  scheduler_core core_;
  task_number next_ = 1;
  std::map<std::string, std::vector<std::uint64_t>> dispatched_;
};

/// Results come in and a batch of tasks, results and a batch of tasks go out,
/// while others wait. Time per task.
void scheduler_round(benchmark::State& state) {
  cast on{static_cast<std::size_t>(state.range(0))};
  on.queue(static_cast<std::size_t>(state.range(1)));
  for (auto _ : state) {
    state.PauseTiming();
    auto results = on.next_results();
    auto submit = on.next_submit();
    state.ResumeTiming();
    auto actions = on.round(std::move(results), std::move(submit));
    state.PauseTiming();
    if (on.note(std::move(actions)) != batch)
      state.SkipWithError("not all tasks were dispatched");
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations()
                          * static_cast<std::int64_t>(batch));
}
BENCHMARK(scheduler_round)
  ->ArgNames({"engines", "queued"})
  ->Args({4, 1'000})
  ->Args({4, 32'000})
  ->Args({4, 1'000'000})
  ->Args({64, 1'000});

} // namespace
