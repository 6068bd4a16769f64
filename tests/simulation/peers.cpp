// SPDX-License-Identifier: BSL-1.0
#include "simulation/peers.hpp"

#include <algorithm>
#include <cstring>

namespace troupe::simulation {

namespace {

// What random numbers are drawn for.
constexpr auto for_run_time = std::uint64_t{1};
constexpr auto for_outcome = std::uint64_t{2};
constexpr auto for_rejection = std::uint64_t{3};
constexpr auto for_pause = std::uint64_t{4};
constexpr auto for_stubborn = std::uint64_t{5};

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

void engine::take(const task_batch_view& batch,
                  std::span<const wire::RunLimit> limits,
                  std::uint64_t behind) {
  auto place = std::uint32_t{0};
  for (auto& x : batch.entries) {
    auto& y = tasks.emplace_back();
    y.key = x.id();
    y.task = name_of(batch.bytes_of(x));
    y.attempt = x.attempts();
    y.revoked = early.erase(y.key) > 0;
    if (x.priority() == dispatch_marks::early)
      y.behind = behind;
    behind = y.key;
    if (!limits.empty() && limits.front().task() == place++) {
      y.limit = limits.front().run_ms() * millisecond;
      limits = limits.subspan(1);
    }
  }
}

multipart engine::give_back(std::size_t count) {
  result_batch_builder builder{batch_kind::results};
  for (; count > 0 && tasks.size() > working; --count) {
    builder.add({tasks.back().key, 0, 0, 0, 0, 0, 0, 0,
                 static_cast<std::uint8_t>(wire::Outcome::Skipped), 1, 0, 0},
                {}, {});
    tasks.pop_back();
  }
  return builder.empty() ? multipart{} : builder.finish({});
}

instant engine::begin(std::uint64_t seed, const settings& x) {
  working = std::min<std::size_t>(x.group, tasks.size());
  auto result = instant{0};
  auto last = last_good;
  for (std::size_t i = 0; i < working && !stuck; ++i) {
    auto& y = tasks[i];
    result += begin(seed, x, y, last);
    last = y.outcome == wire::Outcome::Ok ? y.key : 0;
  }
  return result;
}

instant engine::begin(std::uint64_t seed, const settings& x, assignment& y,
                      std::uint64_t last) {
  auto of_1000 = [&](std::uint64_t what) {
    return draw(seed, what, number_of(y.task), y.attempt) % 1000;
  };
  y.outcome = wire::Outcome::Aborted;
  if (y.revoked)
    return 0;
  y.outcome = wire::Outcome::Skipped;
  if (y.behind != 0 && y.behind != last)
    return 0;
  y.outcome = wire::Outcome::Rejected;
  if (of_1000(for_rejection) < x.rejections)
    return 0;
  y.outcome = of_1000(for_outcome) < x.errors ? wire::Outcome::Error
                                              : wire::Outcome::Ok;
  auto time = x.least_run
              + draw(seed, for_run_time, number_of(y.task), y.attempt)
                  % (x.most_run - x.least_run + 1);
  if (y.limit == 0 || time <= y.limit)
    return time;
  y.outcome = wire::Outcome::Timeout;
  stuck = &y == &tasks.front() && of_1000(for_stubborn) < x.stubborn;
  return y.limit;
}

multipart engine::finish(std::uint64_t seed, std::vector<run>& ran) {
  result_batch_builder builder{batch_kind::results};
  for (; working > 0; --working) {
    auto& y = tasks.front();
    // The one before it may have been stopped.
    if (y.behind != 0 && y.behind != last_good
        && y.outcome != wire::Outcome::Aborted)
      y.outcome = wire::Outcome::Skipped;
    auto well = y.outcome == wire::Outcome::Ok;
    last_good = well ? y.key : 0;
    if (well || y.outcome == wire::Outcome::Error
        || y.outcome == wire::Outcome::Timeout)
      ran.push_back({y.task, well});
    add_result(builder, seed, y);
    tasks.pop_front();
  }
  return builder.finish({});
}

void engine::add_result(result_batch_builder& builder, std::uint64_t seed,
                        const assignment& y) {
  std::vector<std::byte> bytes;
  auto pause = draw(seed, for_pause, number_of(y.task), y.attempt) % 10;
  if (y.outcome == wire::Outcome::Rejected)
    pack_rejection({std::chrono::milliseconds{pause < 5 ? 0 : pause - 4},
                    {"simulated", ""}},
                   bytes);
  else if (y.outcome != wire::Outcome::Ok
           && y.outcome != wire::Outcome::Skipped)
    pack_failure({"simulated", ""}, bytes);
  builder.add({y.key, 1000, 1, 0, 0, 0, 0, 0,
               static_cast<std::uint8_t>(y.outcome), 1, 0, 0},
              bytes, {});
}

bool engine::revoke(std::uint64_t seed, const settings& x,
                    const revocation& what) {
  auto ends = false;
  for (auto key : what.keys) {
    auto i = std::ranges::find(tasks, key, &assignment::key);
    if (i == tasks.end()) {
      early.insert(key);
    } else if (i - tasks.begin() >= static_cast<std::ptrdiff_t>(working)) {
      i->revoked = true;
    } else if (what.mode != cancel_mode::dequeue) {
      auto stops = draw(seed, for_stubborn, number_of(i->task), 0) % 1000
                   >= x.stubborn;
      if (stops)
        i->outcome = wire::Outcome::Aborted;
      else
        ends = ends || (what.mode == cancel_mode::kill && i == tasks.begin());
    }
  }
  return ends;
}

multipart engine::give_up(wire::Outcome outcome) {
  result_batch_builder builder{batch_kind::results};
  tasks.front().outcome = outcome;
  add_result(builder, 0, tasks.front());
  tasks.clear();
  working = 0;
  return builder.finish({});
}

void client::demand(task_batch_builder& builder, const event& x,
                    const resources& needs) const {
  auto flags = 0u;
  if (x.retry_elsewhere)
    flags |= demand_flags::retry_elsewhere;
  if (after != 0)
    flags |= demand_flags::success;
  auto others = std::span{&after, after != 0 ? std::size_t{1} : 0};
  builder.demand({.after = static_cast<std::uint32_t>(others.size()),
                  .queue_ms = x.queue_ms,
                  .retry_ms = x.retry_ms,
                  .run_ms = x.run_ms,
                  .flags = static_cast<std::uint16_t>(flags)},
                 others, needs);
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
    builder.add({last, function_of(x.with), 0, 0, 0, 0, 0, x.attempts,
                 x.retries, 0, x.priority},
                arguments, {});
    auto needs = resources_of(x.with);
    if (after != 0 || x.demanding() || !needs.empty())
      demand(builder, x, needs);
    if (x.links == linkage::chain || (x.links == linkage::fan && after == 0))
      after = last;
    ++outstanding;
    if (--x.count == 0) {
      backlog.pop_front();
      after = 0;
    }
  }
  if (!builder.empty())
    result.push_back(builder.finish({}));
  return result;
}

} // namespace troupe::simulation
