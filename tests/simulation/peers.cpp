// SPDX-License-Identifier: BSL-1.0
#include "simulation/peers.hpp"

#include <algorithm>
#include <cstring>

namespace troupe::simulation {

namespace {

// What random numbers are drawn for.
constexpr auto for_run_time = std::uint64_t{1};
constexpr auto for_outcome = std::uint64_t{2};

std::uint64_t number_of(const task_name& x) {
  return std::uint64_t{x.client} << 40 | x.number;
}

} // namespace

task_name name_of(std::span<const std::byte> arguments) {
  task_name result;
  std::memcpy(&result, arguments.data(),
              std::min(sizeof(result), arguments.size()));
  return result;
}

void engine::take(const task_batch_view& batch) {
  for (auto& x : batch.entries)
    tasks.push_back({x.id(), name_of(batch.bytes_of(x)), x.attempts()});
}

instant engine::begin(std::uint64_t seed, const settings& x) {
  working = std::min<std::size_t>(x.group, tasks.size());
  auto result = instant{0};
  for (std::size_t i = 0; i < working; ++i)
    result += x.least_run
              + draw(seed, for_run_time, number_of(tasks[i].task),
                     tasks[i].attempt)
                  % (x.most_run - x.least_run + 1);
  return result;
}

multipart engine::finish(std::uint64_t seed, const settings& x) {
  result_batch_builder builder{batch_kind::results};
  std::vector<std::byte> failed;
  pack_failure({"simulated", ""}, failed);
  for (; working > 0; --working) {
    auto& y = tasks.front();
    auto fails = draw(seed, for_outcome, number_of(y.task), y.attempt) % 1000
                 < x.errors;
    auto outcome = fails ? wire::Outcome::Error : wire::Outcome::Ok;
    builder.add({y.key, 1000, 1, 0, 0, 0, 0, 0,
                 static_cast<std::uint8_t>(outcome), 1, 0, 0},
                fails ? std::span<const std::byte>{failed}
                      : std::span<const std::byte>{},
                {});
    tasks.pop_front();
  }
  return builder.finish({});
}

std::vector<multipart> client::submits() {
  std::vector<multipart> result;
  task_batch_builder builder{batch_kind::submit};
  std::vector<std::byte> arguments;
  while (!backlog.empty() && outstanding < credit) {
    auto& x = backlog.front();
    task_name name{id, 0, ++last};
    arguments.assign(std::max<std::size_t>(x.bytes, sizeof(name)), {});
    std::memcpy(arguments.data(), &name, sizeof(name));
    if (!builder.takes(arguments.size(), 0, 0))
      result.push_back(builder.finish({}));
    builder.add({last, value(x.function), 0, 0, 0, 0, 0, x.attempts, x.retries,
                 0, 0},
                arguments, {});
    ++outstanding;
    if (--x.count == 0)
      backlog.pop_front();
  }
  if (!builder.empty())
    result.push_back(builder.finish({}));
  return result;
}

} // namespace troupe::simulation
