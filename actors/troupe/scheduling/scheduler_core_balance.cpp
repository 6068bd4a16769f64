// SPDX-License-Identifier: BSL-1.0
#include "troupe/protocol/pack.hpp"
#include "troupe/scheduling/scheduler_core.hpp"

#include <algorithm>

// Tasks that wait in an engine although others have nothing to do:
//
//     engine 0: [long task][t][t][t]      engine 1: -
//
// An engine holds as many as are over soon, by what the last ones took. When
// that was wrong, it gives them back.
namespace troupe {

namespace {

/// Not asked again before if it has as many as before: what came back may have
/// gone to it again, because nobody else can run it.
constexpr auto asking_pause = std::chrono::milliseconds{250};

/// Whether engines of a kind could run a task that `engine` has.
bool suits(const engine_kind& kind, const engine_record& engine,
           const task& x) {
  return &kind == engine.kind
         || std::ranges::binary_search(kind.functions,
                                       function_id{x.entry().function()});
}

/// Whether engines of a kind could run one of those that wait.
bool suits(const engine_kind& kind, const engine_record& engine) {
  for (auto x = engine.tasks.back(); x != engine.tasks.front();
       x = engine.tasks.previous(*x))
    if (suits(kind, engine, *x))
      return true;
  return false;
}

/// How many of the last tasks of an engine to take so that others can run some:
/// at most `most`, or a whole chain. Links that were handed out early go only
/// with the task that all of them wait for, so those behind the running one
/// stay.
/// @param fits whether somebody who is idle can run a task
template <class Pred>
std::uint32_t
movable(const engine_record& engine, std::size_t most, Pred fits) {
  auto seen = std::uint32_t{0};
  auto result = std::uint32_t{0};
  auto in_chain = false;
  for (auto x = engine.tasks.back();
       x != engine.tasks.front() && (seen < most || in_chain);
       x = engine.tasks.previous(*x)) {
    if (x->demands != nullptr && x->demands->bound())
      break;
    ++seen;
    in_chain = x->demands != nullptr && x->demands->early;
    if (!in_chain && fits(*x))
      result = seen;
  }
  return result;
}

} // namespace

std::optional<scheduler_core::time_point> scheduler_core::next_due() const {
  auto timer = timers_.next();
  if (balance_at_ == time_point::max())
    return timer;
  return std::min(timer.value_or(balance_at_), balance_at_);
}

void scheduler_core::balance() {
  idle_kinds idle;
  auto waiting = false;
  for (auto& [id, x] : peers_.engines()) {
    waiting = waiting || x.tasks.size() > 1;
    if (!x.joined() || !x.tasks.empty())
      continue;
    auto i = std::ranges::find(idle, x.kind, &idle_kinds::value_type::first);
    if (i == idle.end())
      idle.emplace_back(x.kind, 1);
    else
      ++i->second;
  }
  balance_at_ = waiting ? now_ + balance_period : time_point::max();
  if (idle.empty())
    return;
  for (auto& [id, x] : peers_.engines())
    if (x.joined() && x.tasks.size() > 1 && now_ - x.heard >= balance_period
        && (now_ >= x.ask_again || x.tasks.size() < x.asked_with))
      ask_back(x, idle);
}

void scheduler_core::ask_back(engine_record& engine, const idle_kinds& idle) {
  auto takers = std::size_t{0};
  for (auto& [kind, count] : idle)
    if (suits(*kind, engine))
      takers += count;
  auto waiting = engine.tasks.size() - 1;
  auto count = movable(engine, waiting - waiting / (takers + 1),
                       [&](const task& x) {
                         return std::ranges::any_of(idle, [&](auto& y) {
                           return suits(*y.first, engine, x);
                         });
                       });
  if (count == 0)
    return;
  engine.wanted_back += count;
  engine.asked_with = engine.tasks.size();
  engine.ask_again = now_ + asking_pause;
  // Its task takes that long at least, so that what comes back goes to others.
  auto silent = std::chrono::nanoseconds{now_ - engine.heard};
  engine.pace.record(static_cast<std::uint64_t>(silent.count()));
  queue_.limit(engine, engine.pace.limit());
  outbox_.send(engine.peer, pack_give_back(count));
}

} // namespace troupe
