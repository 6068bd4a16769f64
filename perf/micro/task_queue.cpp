// SPDX-License-Identifier: BSL-1.0

#include "troupe/scheduling/task_queue.hpp"

#include "micro/samples.hpp"
#include "troupe/limits.hpp"
#include "troupe/protocol/read.hpp"
#include "troupe/scheduling/peer_table.hpp"
#include "troupe/scheduling/task_table.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace {

using namespace troupe;
using namespace troupe::perf;

std::shared_ptr<const submission> make_submission() {
  auto view = message_view::make(make_submit(routing_id{}, 1, 1, 16));
  auto tasks = read_tasks(*view);
  return std::make_shared<const submission>(
    submission{std::move(*view), *tasks});
}

/// A task comes, an engine is picked for the oldest one, and is done with it,
/// while others wait.
void task_queue_round(benchmark::State& state, const std::string& scheme) {
  task_table table;
  peer_table peers;
  client_record client{1};
  task_queue queue{*find_scheme(scheme), 1, limits::engine_bytes, peers};
  auto batch = make_submission();
  auto push = [&] {
    auto& x = table.make();
    x.batch = batch;
    x.client = &client;
    queue.push(x);
  };
  for (std::uint32_t i = 0; i < state.range(0); ++i) {
    auto& engine = *peers.add_engine(engine_id{i}, i + 1, 1);
    engine.functions = {sample_function};
    queue.join(engine);
  }
  for (auto i = 0; i < state.range(1); ++i)
    push();
  for (auto _ : state) {
    push();
    auto x = queue.pop();
    queue.end_round();
    if (x == nullptr) {
      state.SkipWithError("no engine takes a task");
      break;
    }
    queue.finish(*x);
    table.release(*x);
  }
}

/// The same with many clients: each that has tasks waiting has one line. The
/// others had tasks before.
void task_queue_clients(benchmark::State& state) {
  auto clients = static_cast<std::size_t>(state.range(0));
  auto waiting = static_cast<std::size_t>(state.range(1));
  task_table table;
  peer_table peers;
  task_queue queue{*find_scheme("leastload"), 1, limits::engine_bytes, peers};
  auto batch = make_submission();
  auto push = [&](std::size_t i) {
    auto& x = table.make();
    x.batch = batch;
    x.client = peers.find(client_id{static_cast<std::uint32_t>(i)});
    queue.push(x);
  };
  auto& engine = *peers.add_engine(engine_id{1}, 1, 1);
  engine.functions = {sample_function};
  queue.join(engine);
  auto serve = [&] {
    auto x = queue.pop();
    queue.end_round();
    auto who = value(x->client->id);
    queue.finish(*x);
    table.release(*x);
    return who;
  };
  for (std::uint32_t i = 0; i < clients; ++i) {
    peers.add_client(client_id{i}, 2 + i, 1);
    push(i);
    serve();
  }
  for (std::size_t i = 0; i < 4 * waiting; ++i)
    push(i % waiting);
  for (auto _ : state)
    push(serve());
}
BENCHMARK(task_queue_clients)
  ->ArgNames({"clients", "waiting"})
  ->Args({1, 1})
  ->Args({10'000, 1})
  ->Args({100, 100})
  ->Args({1'000, 1'000});

void shapes(benchmark::internal::Benchmark* x) {
  x->ArgNames({"engines", "queued"});
  for (auto engines : {4, 64, 1024})
    x->Args({engines, 1'000});
  x->Args({4, 1'000'000});
}

BENCHMARK_CAPTURE(task_queue_round, leastload, "leastload")->Apply(shapes);
BENCHMARK_CAPTURE(task_queue_round, weighted, "weighted")->Apply(shapes);

} // namespace
