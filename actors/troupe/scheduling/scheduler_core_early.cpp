// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/scheduler_core.hpp"

#include <utility>

// Tasks that are handed out before the one that they come after ended:
//
//     engine's tasks:  ... [P] <- [F] <- [G]     F after P, G after F
//
// only behind the last task of an engine, and only while no task that waits
// for an engine needs the room. So what is ready goes first, and a chain stays
// on one engine only as long as nobody else is there.
namespace troupe {

void scheduler_core::look_behind_last(engine_record& engine) {
  if (!std::exchange(engine.has_news, true))
    news_.push_back(&engine);
}

void scheduler_core::hand_out_early() {
  for (auto engine : std::exchange(news_, {})) {
    engine->has_news = false;
    hand_out_early(*engine);
  }
  // Dispatching takes notes of what was just looked at.
  for (auto engine : std::exchange(news_, {}))
    engine->has_news = false;
}

void scheduler_core::hand_out_early(engine_record& engine) {
  for (auto last = engine.tasks.back(); last != nullptr;
       last = engine.tasks.back()) {
    // Whoever ran, or was lost with an engine, goes alone: it would take the
    // others with it again.
    auto key = task_table::key_of(*last);
    auto x = last->attempts == 1 && !last->cancelled
               ? constraint_graph::heir_of(*last)
               : nullptr;
    if (x == nullptr || x->attempts > 0 || x->demands->behind == key)
      return;
    held_.erase(*x);
    if (!queue_.assign(*x, engine))
      return hold(*x);
    x->demands->behind = key;
    x->demands->early = true;
    x->sequence = ++last_sequence_;
    dispatch(*x);
  }
}

void scheduler_core::wait_again(task& x) {
  using verdict = constraint_graph::verdict;
  x.demands->early = false;
  auto what = constraint_graph::judge(x);
  if (what == verdict::held)
    hold(x);
  else if (what == verdict::ready)
    again_.push_back(&x);
  else
    conclude(x, wire::Outcome::Impossible, no_engine, failure_of(what));
}

} // namespace troupe
