// SPDX-License-Identifier: BSL-1.0
#include "troupe/protocol/read.hpp"
#include "troupe/scheduling/scheduler_core.hpp"

#include <utility>

// How tasks come.
namespace troupe {

namespace {

std::uint64_t bytes_of(const task_batch_view& tasks, const wire::TaskEntry& x) {
  auto result = std::uint64_t{x.size()};
  for (auto& frame : tasks.frames_of(x))
    result += frame.size();
  return result;
}

/// What the references and needs of a task take of its client's credit.
std::uint64_t bytes_of(const wire::Demand& x) {
  return (std::uint64_t{x.after()} + x.follow() + x.targets() + x.needs())
         * limits::reference_bytes;
}

} // namespace

void scheduler_core::submit(client_record& client, message_view message) {
  auto refuse_it = [&](std::string_view text) {
    ++dropped_;
    refuse(client.peer, wire::RefusalCode::Malformed, text);
  };
  auto tasks = read_tasks(message);
  if (!tasks)
    return refuse_it(describe(tasks.error()));
  if (!plausible(client, *tasks))
    return refuse_it(
      "numbers of tasks must ascend below 2^63, attempts be at least 1");
  auto demands = read_demands(message, *tasks);
  if (!demands)
    return refuse_it(describe(demands.error()));
  if (!has_credit(client, *tasks, *demands)) {
    ++dropped_;
    refuse(client.peer, wire::RefusalCode::Limit,
           "more tasks or bytes outstanding than the credit allows");
    return;
  }
  if (!tasks->entries.empty())
    accept(client,
           std::make_shared<const submission>(
             submission{std::move(message), *tasks}),
           *demands);
}

bool scheduler_core::plausible(const client_record& client,
                               const task_batch_view& tasks) {
  auto last = client.last_number;
  for (auto& entry : tasks.entries) {
    if (entry.id() <= last || is_direct(entry.id()) || entry.attempts() == 0)
      return false;
    last = entry.id();
  }
  return true;
}

bool scheduler_core::has_credit(const client_record& client,
                                const task_batch_view& tasks,
                                const demand_view& demands) const {
  auto count = client.tasks.size() + tasks.entries.size();
  auto bytes = client.bytes;
  for (auto& entry : tasks.entries)
    bytes += bytes_of(tasks, entry);
  for (auto& demand : demands.demands)
    bytes += bytes_of(demand);
  return count <= cfg_.client_tasks
         && (bytes <= cfg_.client_bytes || count == 1);
}

void scheduler_core::accept(client_record& client,
                            std::shared_ptr<const submission> batch,
                            const demand_view& demands) {
  auto demand = demands.demands.begin();
  auto index = std::uint32_t{0};
  for (auto& entry : batch->tasks.entries) {
    auto& x = accept(client, entry);
    x.batch = batch;
    x.index = index;
    x.bytes = bytes_of(batch->tasks, entry);
    if (demand != demands.demands.end() && demand->task() == index) {
      x.bytes += bytes_of(*demand);
      client.bytes += x.bytes;
      accept_demands(x, demands, *demand++);
    } else {
      client.bytes += x.bytes;
      make_ready(x);
    }
    if (!client.cancelled.empty() && client.cancelled.covers(entry.id()))
      abort_number(client, entry.id());
    ++index;
  }
}

void scheduler_core::abort_number(client_record& client, task_number number) {
  // It may have ended at once.
  if (auto x = client.history.find(number).live)
    abort(*x);
}

task& scheduler_core::accept(client_record& client,
                             const wire::TaskEntry& entry) {
  auto& x = tasks_.make();
  x.client = &client;
  x.accepted = now_;
  x.losses_left = static_cast<std::uint8_t>(entry.attempts() - 1);
  x.retries_left = entry.retries();
  x.priority = entry.priority();
  client.tasks.push_back(x);
  client.last_number = entry.id();
  client.history.add(entry.id(), x);
  ++accepted_;
  return x;
}

void scheduler_core::accept_demands(task& x, const demand_view& demands,
                                    const wire::Demand& demand) {
  using verdict = constraint_graph::verdict;
  auto what = graph_.add(x, demands, demand, x.client->history, now_);
  if (what != verdict::ready && what != verdict::held)
    return conclude(x, wire::Outcome::Impossible, no_engine, failure_of(what));
  if (x.demands->deadline != time_point::max())
    timers_.add(x.demands->deadline, x);
  if (what == verdict::ready)
    return make_ready(x);
  hold(x);
  if (x.demands->after.open() != 1)
    return;
  // If a chain comes faster than it runs, the task before this one may be the
  // last that its engine got.
  for (auto& other : demands.after(demand))
    if (auto y = x.client->history.find(other.value()).live;
        y != nullptr && y->engine != nullptr)
      look_behind_last(*y->engine);
}

void scheduler_core::make_ready(task& x) {
  x.sequence = ++last_sequence_;
  if (!queue_.push(x))
    reject({&x});
}

void scheduler_core::hold(task& x) {
  x.state = task_state::held;
  held_.push_back(x);
}

} // namespace troupe
