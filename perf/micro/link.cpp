// SPDX-License-Identifier: BSL-1.0

#include "micro/samples.hpp"
#include "troupe/link/link_reader.hpp"
#include "troupe/link/link_writer.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace troupe;
using namespace troupe::perf;

/// Messages of one frame of `size` bytes.
std::vector<multipart> make_messages(std::size_t count, std::size_t size) {
  std::vector<multipart> result;
  for (std::size_t i = 0; i < count; ++i)
    result.emplace_back(buffer::copy_of(std::string(size, 'x')));
  return result;
}

link_writer make_writer(arena_pool& pool) {
  return {pool, {.max_inline = 1024, .chunk_size = 0, .epoch = 1, .peer = {}}};
}

/// Messages that leave together: their number and size.
void shapes(benchmark::internal::Benchmark* x) {
  x->Args({1, 16})->Args({64, 16})->Args({64, 512})->Args({8, 4096});
}

/// Packs messages into wire messages. A message is gone when it is packed, so
/// there is a copy of each, which is a reference.
void link_write(benchmark::State& state) {
  auto count = static_cast<std::size_t>(state.range(0));
  auto messages = make_messages(count,
                                static_cast<std::size_t>(state.range(1)));
  arena_pool pool;
  auto writer = make_writer(pool);
  link_writer::output out;
  for (auto _ : state) {
    for (const auto& message : messages) {
      auto x = message;
      writer.add(x, out);
    }
    writer.flush(out);
    benchmark::DoNotOptimize(out.data());
    out.clear();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(link_write)->Apply(shapes);

/// Verifies wire messages and takes them apart.
void link_read(benchmark::State& state) {
  auto count = static_cast<std::size_t>(state.range(0));
  arena_pool pool;
  auto writer = make_writer(pool);
  link_writer::output wires;
  for (auto& x : make_messages(count, static_cast<std::size_t>(state.range(1))))
    writer.add(x, wires);
  writer.flush(wires);
  for (auto& wire : wires)
    wire.frames = as_received(wire.frames);
  std::vector<multipart> messages;
  for (auto _ : state) {
    messages.clear();
    for (const auto& wire : wires) {
      auto view = link_view::make(multipart{wire.frames}, {});
      if (!view || !view->unpack(nullptr, messages))
        state.SkipWithError("the wire message cannot be read");
    }
    if (messages.size() != count)
      state.SkipWithError("a message got lost");
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(link_read)->Apply(shapes);

} // namespace
