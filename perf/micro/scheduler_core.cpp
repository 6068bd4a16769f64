// SPDX-License-Identifier: BSL-1.0

#include "scheduler_rounds.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace {

using troupe::perf::scheduler_rounds;

constexpr auto batch = scheduler_rounds::batch;

/// Results come in and a batch of tasks, results and a batch of tasks go out,
/// while others wait. Time per task.
void scheduler_round(benchmark::State& state) {
  scheduler_rounds on{static_cast<std::size_t>(state.range(0))};
  on.queue(static_cast<std::size_t>(state.range(1)));
  for (auto _ : state) {
    state.PauseTiming();
    auto results = on.next_results();
    auto submit = on.next_submit();
    state.ResumeTiming();
    on.receive(std::move(results), std::move(submit));
    auto actions = on.flush();
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
