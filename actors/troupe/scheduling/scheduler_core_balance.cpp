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

/// How many of the last tasks of an engine may run elsewhere: at most `most`,
/// or a whole chain. Links that were handed out early go only with the task
/// that all of them wait for, so those behind the running one stay.
std::uint32_t movable(const engine_record& engine, std::size_t most) {
  auto seen = std::uint32_t{0};
  auto result = std::uint32_t{0};
  for (auto x = engine.tasks.back(); x != engine.tasks.front() && result < most;
       x = engine.tasks.previous(*x)) {
    if (x->demands != nullptr && x->demands->bound())
      break;
    ++seen;
    if (x->demands == nullptr || !x->demands->early)
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
  auto idle = std::size_t{0};
  auto waiting = false;
  for (auto& [id, x] : peers_.engines()) {
    idle += x.joined() && x.tasks.empty();
    waiting = waiting || x.tasks.size() > 1;
  }
  balance_at_ = waiting ? now_ + balance_period : time_point::max();
  if (idle == 0)
    return;
  for (auto& [id, x] : peers_.engines())
    if (x.joined() && x.tasks.size() > 1 && now_ - x.heard >= balance_period
        && (now_ >= x.ask_again || x.tasks.size() < x.asked_with))
      ask_back(x, idle);
}

void scheduler_core::ask_back(engine_record& engine, std::size_t idle) {
  auto waiting = engine.tasks.size() - 1;
  auto count = movable(engine, waiting - waiting / (idle + 1));
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
