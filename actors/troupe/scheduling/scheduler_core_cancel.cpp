// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/scheduler_core.hpp"

#include <algorithm>

// How tasks are cancelled.
namespace troupe {

namespace {

/// Most ranges of tasks to remember that were cancelled before they came.
constexpr auto max_early = std::size_t{1024};

failure cancelled() {
  return {"cancelled", "it had not begun"};
}

} // namespace

cancel_counts scheduler_core::cancel(client_id id, const cancel_request& what) {
  cancel_counts result;
  auto client = peers_.find(id);
  if (client == nullptr)
    return result;
  std::vector<task*> named;
  for (auto x = client->tasks.front(); x != nullptr; x = client->tasks.next(*x))
    if (std::ranges::any_of(what.ranges, [x](const task_range& y) {
          return y.contains(x->entry().id());
        }))
      named.push_back(x);
  for (auto x : named)
    cancel(*x, what.mode, result);
  for (auto& y : what.ranges) {
    if (y.count == 0 || y.first > UINT64_MAX - y.count)
      continue;
    auto first = std::max(y.first, client->last_number + 1);
    auto last = y.first + y.count - 1;
    if (first > last || client->cancelled.size() >= max_early)
      continue;
    client->cancelled.push_back({first, last});
    result.dequeued += last - first + 1;
  }
  return result;
}

void scheduler_core::cancel(task& x, cancel_mode mode, cancel_counts& counts) {
  if (x.state != task_state::dispatched) {
    ++counts.dequeued;
    return abort(x);
  }
  x.cancelled = true;
  ++(mode == cancel_mode::kill ? counts.killed : counts.asked);
  auto& revoked = actions_.revoked;
  if (revoked.empty() || revoked.back().first != x.engine->id
      || revoked.back().second.mode != mode) {
    auto same = std::ranges::find_if(revoked, [&](auto& y) {
      return y.first == x.engine->id && y.second.mode == mode;
    });
    if (same == revoked.end())
      revoked.push_back({x.engine->id, {mode, {}}});
    else
      std::iter_swap(same, std::prev(revoked.end()));
  }
  revoked.back().second.keys.push_back(task_table::key_of(x));
}

void scheduler_core::abort(task& x) {
  stop_waiting(x);
  conclude(x, wire::Outcome::Aborted, no_engine, cancelled());
}

bool scheduler_core::cancelled_early(client_record& client,
                                     task_number number) {
  std::erase_if(client.cancelled, [&](auto& y) { return y.last < number; });
  return std::ranges::any_of(client.cancelled, [&](auto& y) {
    return number >= y.first && number <= y.last;
  });
}

void scheduler_core::withdraw(engine_record& engine) {
  leave(engine);
  while (auto x = engine.tasks.front())
    recover(*x, true);
}

} // namespace troupe
