// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/scheduler_core.hpp"

#include <algorithm>

// How tasks are cancelled.
namespace troupe {

namespace {

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
    if (what.names(x->entry().id()))
      named.push_back(x);
  for (auto x : named)
    cancel(*x, what.mode, result);
  result.dequeued += client->cancelled.add(what.ranges, client->last_number);
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

void scheduler_core::withdraw(engine_record& engine) {
  leave(engine);
  while (auto x = engine.tasks.front())
    recover(*x, true);
}

} // namespace troupe
