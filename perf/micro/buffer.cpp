// SPDX-License-Identifier: BSL-1.0

#include "troupe/buffer.hpp"

#include <benchmark/benchmark.h>

#include <string>
#include <utility>
#include <vector>

namespace {

using namespace troupe;

void buffer_copy_of(benchmark::State& state) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state)
    benchmark::DoNotOptimize(buffer::copy_of(bytes));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(buffer_copy_of)->Arg(16)->Arg(1 << 10)->Arg(64 << 10);

/// With the allocation of what is adopted.
void buffer_adopt(benchmark::State& state) {
  auto size = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    std::string text(size, 'x');
    benchmark::DoNotOptimize(buffer::adopt(std::move(text)));
  }
}
BENCHMARK(buffer_adopt)->Arg(1 << 10);

void buffer_borrow(benchmark::State& state) {
  const std::string text(1024, 'x');
  std::size_t released = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(
      buffer::borrow(text.data(), text.size(), [&released] { ++released; }));
  if (released != static_cast<std::size_t>(state.iterations()))
    state.SkipWithError("a release callback did not run");
}
BENCHMARK(buffer_borrow);

void buffer_reference(benchmark::State& state) {
  auto x = buffer::copy_of(std::string(1024, 'x'));
  for (auto _ : state) {
    auto y = x;
    benchmark::DoNotOptimize(y);
  }
}
BENCHMARK(buffer_reference);

void buffer_slice(benchmark::State& state) {
  auto x = buffer::copy_of(std::string(1024, 'x'));
  for (auto _ : state)
    benchmark::DoNotOptimize(x.slice(128, 64));
}
BENCHMARK(buffer_slice);

} // namespace
