// SPDX-License-Identifier: BSL-1.0
#include "simulation/oracle.hpp"

#include <algorithm>
#include <utility>

// What the scheduler is told.
namespace troupe::simulation {

void oracle::violate(const std::string& text) {
  if (violation_.empty())
    violation_ = text;
}

oracle::engine_state& oracle::engine(std::uint32_t id) {
  if (id >= engines_.size())
    engines_.resize(id + 1);
  return engines_[id];
}

oracle::client_state& oracle::client(std::uint32_t id) {
  if (id >= clients_.size())
    clients_.resize(id + 1);
  return clients_[id];
}

oracle::task_state* oracle::find(const place& x) {
  auto& owner = client(x.client);
  if (!owner.alive || x.number == 0 || x.number > owner.tasks.size())
    return nullptr;
  return &owner.tasks[x.number - 1];
}

oracle::task_extra& oracle::need_extra(task_state& x) {
  if (x.extra == 0) {
    x.extra = static_cast<std::uint32_t>(extras_.size());
    extras_.emplace_back();
  }
  return extras_[x.extra];
}

std::uint8_t oracle::sort_of(const means& needs, std::int8_t priority) {
  auto i = std::ranges::find_if(sorts_, [&](const sort& x) {
    return x.needs == needs && x.priority == priority;
  });
  if (i == sorts_.end()) {
    i = sorts_.insert(i, {.needs = needs, .priority = priority});
    for (auto& x : engines_)
      if (x.joined && x.with.cover(needs)) {
        ++i->fitting;
        i->free += takes_more(x);
      }
  }
  return static_cast<std::uint8_t>(i - sorts_.begin());
}

// -- engines ------------------------------------------------------------------

bool oracle::takes_more(const engine_state& x) const {
  return x.joined && x.running.size() < std::max(settings_.hwm, 1u);
}

bool oracle::may_take_more(const engine_state& x) const {
  auto most = settings_.hwm > 0 ? settings_.hwm : limits::max_auto_hwm;
  return x.joined && x.running.size() < most;
}

bool oracle::admits(std::uint32_t id, const task_state& x) const {
  return engines_[id].joined && engines_[id].with.cover(sorts_[x.sort].needs)
         && !extras_[x.extra].rejected_by.contains(id);
}

std::uint32_t oracle::fitting(const task_state& x) const {
  auto result = std::uint32_t{0};
  for (std::uint32_t id = 0; id < engines_.size(); ++id)
    result += admits(id, x);
  return result;
}

void oracle::count_free(const engine_state& x, bool free) {
  for (auto& y : sorts_)
    if (x.with.cover(y.needs))
      free ? ++y.free : --y.free;
}

void oracle::note_unknown() {
  for (auto& x : sorts_)
    x.unknown = x.unknown || x.fitting == 0;
  for (auto& where : special_) {
    auto& x = *find(where);
    extras_[x.extra].unknown = extras_[x.extra].unknown || fitting(x) == 0;
  }
}

void oracle::admit_engine(std::uint32_t id, const means& with) {
  auto& x = engine(id);
  x.known = true;
  x.with = with;
}

void oracle::join_engine(std::uint32_t id, std::uint32_t connection) {
  auto& x = engine(id);
  if (!x.known || connection < x.connection) // it came late
    return;
  if (x.connection != connection || !x.joined)
    strand(x, false);
  x.connection = connection;
  if (std::exchange(x.joined, true))
    return;
  ++joined_;
  for (auto& y : sorts_)
    y.fitting += x.with.cover(y.needs);
  count_free(x, true);
}

void oracle::leave(engine_state& x) {
  if (!x.joined)
    return;
  if (takes_more(x))
    count_free(x, false);
  x.joined = false;
  --joined_;
  for (auto& y : sorts_)
    y.fitting -= x.with.cover(y.needs);
  note_unknown();
}

void oracle::leave_engine(std::uint32_t id, std::uint32_t connection) {
  auto& x = engine(id);
  if (!x.known || x.connection != connection)
    return;
  leave(x);
  strand(x, true);
}

void oracle::strand(engine_state& x, bool undelivered) {
  while (!x.running.empty()) {
    running_task task;
    remove(x, x.running.front().key, task);
    recover(task, undelivered);
  }
}

void oracle::lose_engine(std::uint32_t id) {
  auto& x = engine(id);
  if (!x.known)
    return;
  leave(x);
  strand(x, false);
  x = engine_state{};
}

bool oracle::remove(engine_state& x, std::uint64_t key, running_task& result) {
  auto i = std::ranges::find(x.running, key, &running_task::key);
  if (i == x.running.end())
    return false;
  result = *i;
  auto took_more = takes_more(x);
  x.running.erase(i);
  x.bytes -= result.bytes;
  x.slots -= result.slots;
  if (!took_more && takes_more(x))
    count_free(x, true);
  return true;
}

// -- clients ------------------------------------------------------------------

void oracle::admit_client(std::uint32_t id) {
  client(id).alive = true;
}

void oracle::lose_client(std::uint32_t id) {
  auto& owner = client(id);
  task_number number = 0;
  for (auto& x : owner.tasks) {
    ++number;
    missing_ -= x.now != stage::received;
    stop_waiting({id, number}, x);
  }
  owner = client_state{};
}

void oracle::submit(std::uint32_t id, task_number number, const event& how,
                    task_number after, instant now) {
  constexpr auto need_bytes = 32; // see limits::reference_bytes
  auto& owner = client(id);
  if (!owner.alive)
    return;
  if (number != owner.tasks.size() + 1)
    return violate("the simulated client skips a number");
  if (++owner.outstanding > settings_.client_tasks)
    return violate("the simulated client ignores its credit");
  ++missing_;
  auto& x = owner.tasks.emplace_back();
  x.sort = sort_of(how.with, how.priority);
  x.losses_left = static_cast<std::uint8_t>(how.attempts - 1);
  x.retries_left = how.retries;
  auto needs = resources_of(how.with);
  x.bytes =
    how.bytes
    + static_cast<std::uint32_t>(
      need_bytes * (needs.tags.size() + needs.slots.size() + (after > 0)));
  x.order = ++order_;
  x.after = after;
  place where{id, number};
  if (how.demanding()) {
    auto& y = need_extra(x);
    y.how = how;
    if (how.queue_ms > 0) {
      y.deadline = now + how.queue_ms * millisecond;
      timers_.insert({y.deadline, where});
    }
  }
  wait_again(where, x);
  if (x.now == stage::held)
    owner.heirs.emplace(after, number);
  for (auto& [first, last] : owner.cancelled)
    if (number >= first && number <= last && !x.ended()) {
      stop_waiting(where, x);
      end(where, x, wire::Outcome::Aborted);
    }
}

void oracle::received(std::uint32_t id, task_number number) {
  auto x = find({id, number});
  if (x == nullptr)
    return;
  if (x->now != stage::reported)
    return violate("task " + std::to_string(id) + "/" + std::to_string(number)
                   + " arrives twice");
  x->now = stage::received;
  --missing_;
}

void oracle::cancel(std::uint32_t id, const cancel_request& what,
                    const cancel_counts& answer) {
  cancel_counts counts;
  auto& owner = client(id);
  if (!owner.alive)
    return;
  for (auto& range : what.ranges) {
    auto after = range.first + range.count;
    auto present = std::min<task_number>(after, owner.tasks.size() + 1);
    for (auto number = std::max<task_number>(range.first, 1); number < present;
         ++number)
      cancel({id, number}, owner.tasks[number - 1], what.mode, counts);
    auto absent = std::max<task_number>(range.first, owner.tasks.size() + 1);
    if (absent < after) {
      owner.cancelled.push_back({absent, after - 1});
      counts.dequeued += after - absent;
    }
  }
  if (counts.dequeued != answer.dequeued || counts.asked != answer.asked
      || counts.killed != answer.killed)
    violate("the answer to a cancel is wrong");
}

void oracle::cancel(const place& where, task_state& x, cancel_mode mode,
                    cancel_counts& counts) {
  if (x.now < stage::running) {
    ++counts.dequeued;
    stop_waiting(where, x);
    end(where, x, wire::Outcome::Aborted);
  } else if (x.now == stage::running) {
    ++(mode == cancel_mode::kill ? counts.killed : counts.asked);
    ++to_revoke_;
    x.cancelled = true;
  }
}

// -- tasks --------------------------------------------------------------------

void oracle::wait(const place& where, task_state& x) {
  x.now = stage::waiting;
  auto& sort = sorts_[x.sort];
  if (special(x)) {
    special_.insert(where);
    extras_[x.extra].unknown = extras_[x.extra].unknown || fitting(x) == 0;
  } else {
    sort.waiting.insert({x.order, where});
    sort.turns.wait(where.client);
    sort.unknown = sort.unknown || sort.fitting == 0;
  }
}

void oracle::wait_again(const place& where, task_state& x) {
  x.early = false;
  auto before = find({where.client, x.after});
  if (before == nullptr || before->ended_well())
    wait(where, x);
  else if (before->ended())
    end(where, x, wire::Outcome::Impossible);
  else
    x.now = stage::held;
}

void oracle::tell_heirs() {
  for (std::size_t i = 0; i < ended_.size(); ++i) { // it grows
    auto where = ended_[i];
    auto& heirs = client(where.client).heirs;
    auto x = find(where);
    if (x == nullptr)
      continue;
    auto [first, last] = heirs.equal_range(where.number);
    for (auto heir = first; heir != last; ++heir)
      tell_heir({where.client, heir->second}, x->ended_well());
    heirs.erase(first, last);
  }
  ended_.clear();
}

void oracle::tell_heir(const place& where, bool well) {
  auto& x = *find(where);
  if (x.ended())
    return;
  if (!well) {
    if (x.now == stage::held)
      end(where, x, wire::Outcome::Impossible);
    return; // else its engine skips it
  }
  auto waits = x.now == stage::held || x.now == stage::waiting;
  stop_waiting(where, x); // it was handed out early, and came back
  x.order = ++order_;
  if (waits)
    wait(where, x);
}

void oracle::stop_waiting(const place& where, task_state& x) {
  if (x.now != stage::waiting || special_.erase(where) > 0)
    return;
  sorts_[x.sort].waiting.erase({x.order, where});
  sorts_[x.sort].turns.leave(where.client);
}

void oracle::pause(const place& where, task_state& x, instant until) {
  x.now = stage::paused;
  need_extra(x).resumes = until;
  timers_.insert({until, where});
}

void oracle::end(const place& where, task_state& x, wire::Outcome outcome) {
  x.now = stage::due;
  x.outcome = outcome;
  due_.push_back(where);
  if (client(where.client).heirs.contains(where.number))
    ended_.push_back(where);
}

void oracle::recover(const running_task& what, bool undelivered) {
  auto x = find(what.where);
  if (x == nullptr)
    return;
  x->attempts -= undelivered;
  if (x->cancelled)
    return end(what.where, *x, wire::Outcome::Aborted);
  if (!undelivered && x->losses_left == 0)
    return end(what.where, *x, wire::Outcome::EngineLost);
  x->losses_left -= !undelivered;
  wait_again(what.where, *x);
}

void oracle::result(std::uint32_t id, std::uint32_t connection,
                    std::uint64_t key, wire::Outcome outcome, instant pause,
                    instant now) {
  auto& host = engine(id);
  running_task task;
  if (!host.known || host.connection != connection || !remove(host, key, task))
    return;
  auto x = find(task.where);
  if (x == nullptr)
    return;
  if (outcome == wire::Outcome::Skipped)
    return recover(task, true);
  x->early = false;
  auto late = x->extra > 0 && extras_[x->extra].deadline > 0
              && now >= extras_[x->extra].deadline;
  if (x->cancelled && outcome == wire::Outcome::Rejected)
    end(task.where, *x, wire::Outcome::Aborted);
  else if (outcome == wire::Outcome::Rejected)
    reject(task.where, *x, id, pause, now);
  else if (outcome != wire::Outcome::Error || x->retries_left == 0
           || x->cancelled || late)
    end(task.where, *x, outcome);
  else
    run_again(task.where, *x, id, now);
}

void oracle::run_again(const place& where, task_state& x, std::uint32_t engine,
                       instant now) {
  --x.retries_left;
  auto y = extra(x);
  if (y != nullptr && y->how.retry_elsewhere)
    y->avoid = engine;
  if (y != nullptr && y->how.retry_ms > 0)
    return pause(where, x,
                 now + (y->how.retry_ms * millisecond << y->errors++));
  wait(where, x);
}

void oracle::reject(const place& where, task_state& x, std::uint32_t engine,
                    instant time, instant now) {
  auto& y = need_extra(x);
  if (++y.rejections >= limits::task_rejections)
    return end(where, x, wire::Outcome::Impossible);
  if (y.deadline > 0 && now >= y.deadline)
    return end(where, x, wire::Outcome::Timeout);
  if (time > 0) {
    y.rejected_by.clear();
    y.avoid = engine;
    return pause(where, x, now + time);
  }
  y.rejected_by.insert(engine);
  wait(where, x);
}

void oracle::tick(instant now) {
  while (!timers_.empty() && timers_.begin()->first <= now) {
    auto where = timers_.extract(timers_.begin()).value().second;
    auto x = find(where);
    if (x == nullptr || x->now >= stage::running)
      continue;
    auto& y = extras_[x->extra];
    if (y.deadline > 0 && now >= y.deadline) {
      stop_waiting(where, *x);
      end(where, *x, wire::Outcome::Timeout);
    } else if (x->now == stage::paused && now >= y.resumes) {
      wait(where, *x);
    }
  }
}

void oracle::take_back_dispatch(std::uint32_t id, std::uint32_t connection,
                                bool gone,
                                std::span<const std::uint64_t> keys) {
  auto& host = engine(id);
  if (!host.known)
    return;
  if (gone && host.connection == connection)
    leave(host);
  for (auto key : keys) {
    running_task task;
    if (remove(host, key, task))
      recover(task, gone);
  }
}

void oracle::take_back_result(std::uint32_t id, bool gone, task_number number) {
  auto x = find({id, number});
  if (x == nullptr)
    return;
  x->resent = true;
  client(id).away = client(id).away || gone;
}

} // namespace troupe::simulation
