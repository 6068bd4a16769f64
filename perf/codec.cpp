// SPDX-License-Identifier: BSL-1.0

#include "codec.hpp"

#include "codec_samples.hpp"
#include "harness/clock.hpp"
#include "harness/compete.hpp"
#include "raw_codec.hpp"

#include <cstddef>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::perf {

namespace {

/// How long to repeat one operation for a figure.
struct span_of_time {
  double seconds;
};

/// Makes the compiler believe that somebody looks at `x`.
template <class T>
void keep(const T& x) {
  asm volatile("" : : "g"(&x) : "memory");
}

/// Runs `f` over and over. Returns nanoseconds per run.
template <class F>
double time_of(span_of_time limit, F f) {
  for (std::size_t count = 1;; count *= 2) {
    stopwatch watch;
    for (std::size_t i = 0; i < count; ++i)
      f();
    auto seconds = watch.seconds();
    if (seconds >= limit.seconds)
      return seconds / static_cast<double>(count) * 1e9;
  }
}

template <class T>
bool equal(const T& x, const T& y) {
  return x == y;
}

bool equal(const array<double>& x, const array<double>& y) {
  return x.bytes().text() == y.bytes().text();
}

/// By hand, into memory that is there already.
template <class T>
measurement run_raw(const T& value, span_of_time limit) {
  std::string bytes;
  auto encode = time_of(limit, [&] {
    bytes.clear();
    raw_encode(bytes, value);
    keep(bytes);
  });
  T result;
  auto decode = time_of(limit, [&] {
    T fresh;
    std::string_view in{bytes};
    raw_decode(in, fresh);
    keep(fresh);
    result = std::move(fresh);
  });
  if (!equal(result, value))
    throw std::runtime_error("the raw path changed a value");
  return {{"bytes", static_cast<double>(bytes.size())},
          {"encode_ns", encode},
          {"decode_ns", decode}};
}

/// By the codec of tasks, into memory that is there already.
template <class T>
measurement run_actor(const T& value, span_of_time limit) {
  std::vector<std::byte> arena;
  std::vector<buffer> frames;
  auto encode = time_of(limit, [&] {
    arena.clear();
    frames.clear();
    encoder out{arena, frames};
    codec<T>::encode(out, value);
    keep(arena);
  });
  auto owner = buffer::copy_of(arena); // as it comes out of a message
  T result;
  auto decode = time_of(limit, [&] {
    decoder in{owner.bytes(), frames, &owner};
    auto fresh = codec<T>::decode(in);
    if (!in.finished())
      throw std::runtime_error("the codec cannot read what it wrote");
    keep(fresh);
    result = std::move(fresh);
  });
  if (!equal(result, value))
    throw std::runtime_error("the codec changed a value");
  auto bytes = arena.size();
  for (const auto& frame : frames)
    bytes += frame.size();
  return {{"bytes", static_cast<double>(bytes)},
          {"encode_ns", encode},
          {"decode_ns", decode}};
}

template <class T>
void measure(const std::string& type, const T& value, const options& with,
             report& out) {
  span_of_time limit{with.quick ? 0.002 : 0.02};
  row key;
  key.set("bench", "codec").set("path", "raw").set("type", type);
  std::vector<contender> contenders;
  if (with.runs_raw())
    contenders.push_back({key, [&] { return run_raw(value, limit); }});
  key.set("path", "actor");
  if (with.runs_actor())
    contenders.push_back({key, [&] { return run_actor(value, limit); }});
  compete(contenders, with.repeat, out);
}

void run(const options& with, report& out) {
  measure("1000 ints", make_ints(1000), with, out);
  measure("1000 strings", make_strings(1000), with, out);
  measure("1000 pairs", make_pairs(1000), with, out);
  measure("struct", make_particles(2).back(), with, out);
  measure("1000 structs", make_particles(1000), with, out);
  measure("string of 16", make_strings(2).back(), with, out);
  measure("string of 100k", std::string(100'000, 'x'), with, out);
  measure("array of 1k", make_doubles(128), with, out);
  measure("array of 1M", make_doubles(128 << 10), with, out);
}

} // namespace

workload codec_workload() {
  return {"codec",
          "values as bytes and back: size and time of both ways",
          {},
          {},
          run};
}

} // namespace troupe::perf
