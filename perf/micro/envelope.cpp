// SPDX-License-Identifier: BSL-1.0

#include "micro/samples.hpp"
#include "troupe/protocol/read.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <utility>

namespace {

using namespace troupe;
using namespace troupe::perf;

/// Builds a `Submit` out of tasks with 16 bytes of arguments.
void envelope_pack(benchmark::State& state) {
  auto tasks = static_cast<std::size_t>(state.range(0));
  for (auto _ : state)
    benchmark::DoNotOptimize(make_submit(routing_id{}, 1, tasks, 16));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(envelope_pack)->Arg(1)->Arg(64)->Arg(256);

/// Verifies a `Submit` and checks all ranges in it.
void envelope_read(benchmark::State& state) {
  auto tasks = static_cast<std::size_t>(state.range(0));
  auto message = as_received(make_submit(routing_id{}, 1, tasks, 16));
  for (auto _ : state) {
    auto view = message_view::make(message);
    auto batch = read_tasks(*view);
    if (!batch || batch->entries.size() != tasks)
      state.SkipWithError("the message cannot be read");
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(envelope_read)->Arg(1)->Arg(64)->Arg(256);

} // namespace
