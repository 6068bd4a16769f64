// SPDX-License-Identifier: BSL-1.0

#include "arrays.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace demo {

namespace {

/// Elements per slice and array: 2 MB.
constexpr std::size_t slice_size = 250'000;

/// Runs on an engine. The spans are views into what arrived.
double dot(std::span<const double> xs, std::span<const double> ys) {
  double sum = 0;
  for (std::size_t i = 0; i < xs.size(); ++i)
    sum += xs[i] * ys[i];
  return sum;
}
TROUPE_TASK_AS(dot, "demo.dot");

troupe::array<double> make_numbers(std::size_t count, std::uint32_t seed) {
  std::vector<double> result(count);
  for (auto& x : result) {
    seed = seed * 1664525 + 1013904223;
    x = seed / 4294967296.0;
  }
  return troupe::array<double>{std::move(result)};
}

} // namespace

void run_arrays(const troupe::client& session, std::size_t slices,
                report& out) {
  auto xs = make_numbers(slices * slice_size, 1);
  auto ys = make_numbers(slices * slice_size, 2);
  std::vector<std::tuple<troupe::array<double>, troupe::array<double>>> inputs;
  for (std::size_t i = 0; i < slices; ++i)
    inputs.emplace_back(xs.slice(i * slice_size, slice_size),
                        ys.slice(i * slice_size, slice_size));

  auto before = session.status();
  auto sent_before = session.core()->counters();
  stopwatch watch;
  auto results = session.balanced().map<dot>(inputs);
  auto handed_over = watch.seconds();
  auto products = results.get();
  auto wall = watch.seconds();
  auto after = session.status();
  auto sent = session.core()->counters();

  stopwatch serial_watch;
  std::size_t equal = 0;
  for (std::size_t i = 0; i < slices; ++i)
    equal += dot(std::get<0>(inputs[i]), std::get<1>(inputs[i])) == products[i];
  auto serial = serial_watch.seconds();

  auto bytes = static_cast<double>(2 * slices * slice_size * sizeof(double));
  auto lent = after.bytes_lent - before.bytes_lent;
  auto copied = after.bytes_copied - before.bytes_copied;
  out.line(fmt::format("arrays    {} in {} slices of 4 MB: {}/s, handed over "
                       "in {}",
                       bytes_text(bytes), slices, bytes_text(bytes / wall),
                       time_text(handed_over)));
  out.detail(fmt::format(
    "          sent by this program: {} lent, {} copied ({} frames)",
    bytes_text(static_cast<double>(sent.bytes_lent - sent_before.bytes_lent)),
    bytes_text(
      static_cast<double>(sent.bytes_copied - sent_before.bytes_copied)),
    sent.frames_copied - sent_before.frames_copied));
  out.detail(fmt::format("          on their way through the controller {} "
                         "lent, {} copied ({} frames)",
                         bytes_text(static_cast<double>(lent)),
                         bytes_text(static_cast<double>(copied)),
                         after.frames_copied - before.frames_copied));
  out.detail(fmt::format("          the same sums on one core, without "
                         "sending anything: {}/s",
                         bytes_text(bytes / serial)));
  out.check(equal == slices, "each dot product equals the one computed here");
}

} // namespace demo
