// SPDX-License-Identifier: BSL-1.0
#include "troupe/protocol/pack.hpp"
#include "troupe/protocol/read.hpp"
#include "troupe/scheduling/scheduler_core.hpp"

#include <algorithm>

// How tasks end, and how they run again.
namespace troupe {

namespace {

/// Whether an engine may say that of a task.
bool possible(wire::Outcome outcome, bool may_skip) {
  return outcome <= wire::Outcome::Timeout || outcome == wire::Outcome::Rejected
         || (may_skip && outcome == wire::Outcome::Skipped);
}

} // namespace

void scheduler_core::collect(engine_record& engine,
                             const message_view& message) {
  auto results = read_results(message);
  if (!results) {
    ++dropped_;
    return;
  }
  engine.heard = now_;
  for (auto& entry : results->entries)
    collect(engine, entry, *results);
  if (engine.joined())
    queue_.limit(engine, engine.pace.limit());
  look_behind_last(engine); // it has room again
}

void scheduler_core::collect(engine_record& engine,
                             const wire::ResultEntry& entry,
                             const result_batch_view& results) {
  auto x = tasks_.find(entry.id());
  auto outcome = wire::Outcome{entry.status()};
  auto early = x != nullptr && x->demands != nullptr && x->demands->early;
  if (x == nullptr || x->engine != &engine
      || !possible(outcome, early || engine.wanted_back > 0)) {
    ++dropped_;
    return;
  }
  if (outcome == wire::Outcome::Skipped) {
    if (!early) // else it may just have come too early
      --engine.wanted_back;
    return recover(*x, true);
  }
  if (early)
    x->demands->early = false;
  if (outcome <= wire::Outcome::Error) // others may not have run at all
    engine.pace.record(entry.run_ns());
  if (entry.id() == engine.probe) {
    auto elapsed = std::chrono::nanoseconds{now_ - engine.probe_sent};
    auto most = static_cast<std::uint64_t>(elapsed.count());
    auto run = std::chrono::nanoseconds{std::min(entry.run_ns(), most)};
    engine.probe = 0;
    engine.pace.record_round_trip(elapsed - run);
  }
  if (outcome != wire::Outcome::Rejected)
    ++(outcome == wire::Outcome::Ok ? engine.done : engine.failed);
  queue_.finish(*x);
  if (x->client == nullptr) {
    tasks_.release(*x);
  } else if (x->cancelled && outcome == wire::Outcome::Rejected) {
    conclude(*x, wire::Outcome::Aborted, engine.id,
             {"cancelled",
              "the engine rejected it, and it does not run again"});
  } else if (outcome == wire::Outcome::Rejected) {
    take_rejection(*x, engine.id, read_rejection(results.bytes_of(entry)));
  } else if (outcome == wire::Outcome::Error && may_retry(*x)) {
    retry_after_error(*x, engine.id);
  } else {
    report(*x,
           {x->entry().id(), entry.run_ns(), entry.started_ns(), 0, 0, 0, 0,
            value(engine.id), entry.status(), attempt_number(*x),
            entry.encoding(), 0},
           results.bytes_of(entry), results.frames_of(entry));
  }
}

void scheduler_core::strand(engine_record& engine) {
  while (auto x = engine.tasks.front())
    recover(*x, false);
  engine.wanted_back = 0;
  engine.ask_again = {};
}

void scheduler_core::recover(task& x, bool undelivered) {
  auto engine = x.engine->id;
  queue_.finish(x);
  if (undelivered)
    --x.attempts;
  if (x.client == nullptr) {
    tasks_.release(x);
  } else if (x.cancelled) {
    conclude(x, wire::Outcome::Aborted, engine,
             {"cancelled", undelivered ? "it had not begun"
                                       : to_string(engine) + " ended with it"});
  } else if (undelivered) {
    retry(x);
  } else if (x.losses_left > 0) {
    --x.losses_left;
    retry(x);
  } else {
    conclude(x, wire::Outcome::EngineLost, engine,
             {"engine_lost", to_string(engine) + " was lost in attempt "
                               + std::to_string(x.attempts)
                               + ", the last one allowed"});
  }
}

void scheduler_core::retry(task& x) {
  ++redispatched_;
  if (x.demands != nullptr && x.demands->early)
    wait_again(x);
  else
    again_.push_back(&x);
}

bool scheduler_core::may_retry(const task& x) const {
  return x.retries_left > 0 && !x.cancelled
         && (x.demands == nullptr || now_ < x.demands->deadline);
}

void scheduler_core::retry_after_error(task& x, engine_id engine) {
  constexpr auto most_doublings = 20;
  --x.retries_left;
  if (x.demands == nullptr)
    return retry(x);
  auto& demands = *x.demands;
  if (demands.retry_elsewhere)
    demands.avoid = engine;
  if (demands.retry_delay == std::chrono::milliseconds::zero())
    return retry(x);
  ++redispatched_;
  auto doublings = std::min<int>(demands.errors++, most_doublings);
  pause(x, demands.retry_delay * (1 << doublings));
}

void scheduler_core::pause(task& x, std::chrono::milliseconds time) {
  x.demands->pausing = true;
  x.demands->resumes = now_ + time;
  hold(x);
  timers_.add(now_ + time, x);
}

void scheduler_core::conclude(task& x, wire::Outcome outcome, engine_id engine,
                              const failure& why) {
  scratch_.clear();
  pack_failure(why, scratch_);
  report(x,
         {x.entry().id(), 0, 0, 0, 0, 0, 0, value(engine),
          static_cast<std::uint8_t>(outcome), attempt_number(x), 0, 0},
         scratch_, {});
}

void scheduler_core::report(task& x, const wire::ResultEntry& entry,
                            std::span<const std::byte> inline_bytes,
                            std::span<const buffer> frames) {
  auto& client = *x.client;
  outbox_.report(client, entry, inline_bytes, frames);
  ++reported_;
  client.tasks.erase(x);
  client.bytes -= x.bytes;
  auto succeeded = entry.status()
                   == static_cast<std::uint8_t>(wire::Outcome::Ok);
  auto engine = engine_id{entry.engine()};
  client.history.end(entry.id(), succeeded, engine);
  if (x.dependents != nullptr)
    graph_.end(x, succeeded, engine);
  tasks_.release(x);
}

} // namespace troupe
