// SPDX-License-Identifier: BSL-1.0

#include "troupe/codec/codec.hpp"

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace {

using namespace troupe;

template <class T>
void encode(benchmark::State& state, const T& value) {
  std::vector<std::byte> arena;
  std::vector<buffer> frames;
  for (auto _ : state) {
    arena.clear();
    frames.clear();
    encoder out{arena, frames};
    codec<T>::encode(out, value);
    benchmark::DoNotOptimize(arena.data());
    benchmark::ClobberMemory();
  }
}

template <class T>
void decode(benchmark::State& state, const T& value) {
  std::vector<std::byte> arena;
  std::vector<buffer> frames;
  encoder out{arena, frames};
  codec<T>::encode(out, value);
  auto owner = buffer::copy_of(arena);
  for (auto _ : state) {
    decoder in{owner.bytes(), frames, &owner};
    benchmark::DoNotOptimize(codec<T>::decode(in));
    if (!in.finished())
      state.SkipWithError("the codec cannot read what it wrote");
  }
}

/// Arguments of a tiny task.
const std::tuple<std::int64_t, double, std::string> arguments{1, 2.0, "three"};

const std::vector<std::int64_t> numbers(1000, 7);

const std::vector<std::string> strings(1000, "a text of 20 letters");

const array<double> doubles{std::vector<double>(128 << 10)};

BENCHMARK_CAPTURE(encode, arguments, arguments);
BENCHMARK_CAPTURE(decode, arguments, arguments);
BENCHMARK_CAPTURE(encode, 1000_ints, numbers);
BENCHMARK_CAPTURE(decode, 1000_ints, numbers);
BENCHMARK_CAPTURE(encode, 1000_strings, strings);
BENCHMARK_CAPTURE(decode, 1000_strings, strings);
BENCHMARK_CAPTURE(encode, array_of_1M, doubles);
BENCHMARK_CAPTURE(decode, array_of_1M, doubles);

} // namespace
