// SPDX-License-Identifier: BSL-1.0
#include "simulation/oracle.hpp"

#include <algorithm>
#include <utility>

namespace troupe::simulation {

namespace {

constexpr auto functions = std::uint32_t{3};

/// More than the arguments of any task.
constexpr auto most_bytes = std::uint64_t{256};

bool knows(std::uint32_t mask, std::uint32_t function) {
  return (mask >> (function - 1) & 1) != 0;
}

std::string name_of(std::uint32_t client, task_number number) {
  return "task " + std::to_string(client) + "/" + std::to_string(number);
}

} // namespace

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

// -- engines ------------------------------------------------------------------

bool oracle::takes_more(const engine_state& x) const {
  return x.joined && x.running.size() < settings_.hwm;
}

void oracle::count_free(const engine_state& x, bool free) {
  for (auto f = 1u; f <= functions; ++f)
    if (knows(x.functions, f))
      free ? ++free_[f] : --free_[f];
}

void oracle::note_unknown() {
  for (auto f = 1u; f <= functions; ++f)
    unknown_[f] = unknown_[f] || knowing_[f] == 0;
}

void oracle::admit_engine(std::uint32_t id, std::uint32_t mask) {
  auto& x = engine(id);
  x.known = true;
  x.functions = mask;
}

void oracle::join_engine(std::uint32_t id, std::uint32_t connection) {
  auto& x = engine(id);
  if (!x.known || connection < x.connection) // it came late
    return;
  if (x.connection != connection || !x.joined)
    strand(x);
  x.connection = connection;
  if (std::exchange(x.joined, true))
    return;
  ++joined_;
  for (auto f = 1u; f <= functions; ++f)
    knowing_[f] += knows(x.functions, f);
  count_free(x, true);
}

void oracle::leave(engine_state& x) {
  if (!x.joined)
    return;
  if (takes_more(x))
    count_free(x, false);
  x.joined = false;
  --joined_;
  for (auto f = 1u; f <= functions; ++f)
    knowing_[f] -= knows(x.functions, f);
  note_unknown();
}

void oracle::strand(engine_state& x) {
  while (!x.running.empty()) {
    running_task task;
    remove(x, x.running.back().key, task);
    recover(task, false);
  }
}

void oracle::lose_engine(std::uint32_t id) {
  auto& x = engine(id);
  if (!x.known)
    return;
  leave(x);
  strand(x);
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
  for (auto& x : owner.tasks) {
    missing_ -= x.now != stage::received;
    if (x.now == stage::waiting)
      waiting_[x.function].erase({x.order, {id, 0}});
  }
  owner = client_state{};
}

void oracle::submit(std::uint32_t id, task_number number, const event& how) {
  auto& owner = client(id);
  if (!owner.alive)
    return;
  if (number != owner.tasks.size() + 1)
    return violate("the simulated client skips a number");
  if (++owner.outstanding > settings_.client_tasks)
    return violate("the simulated client ignores its credit");
  ++missing_;
  auto& x = owner.tasks.emplace_back();
  x.function = static_cast<std::uint8_t>(value(how.function));
  x.losses_left = static_cast<std::uint8_t>(how.attempts - 1);
  x.retries_left = how.retries;
  x.bytes = how.bytes;
  x.order = ++order_;
  wait({id, number}, x);
  note_unknown();
}

void oracle::received(std::uint32_t id, task_number number) {
  auto x = find({id, number});
  if (x == nullptr)
    return;
  if (x->now != stage::reported)
    return violate(name_of(id, number) + " arrives twice");
  x->now = stage::received;
  --missing_;
}

// -- tasks --------------------------------------------------------------------

void oracle::wait(const place& where, task_state& x) {
  x.now = stage::waiting;
  waiting_[x.function].insert({x.order, where});
}

void oracle::end(const place& where, task_state& x, wire::Outcome outcome) {
  x.now = stage::due;
  x.outcome = outcome;
  due_.push_back(where);
}

void oracle::recover(const running_task& what, bool undelivered) {
  auto x = find(what.where);
  if (x == nullptr)
    return;
  if (!undelivered && x->losses_left == 0)
    return end(what.where, *x, wire::Outcome::EngineLost);
  x->losses_left -= !undelivered;
  wait(what.where, *x);
}

void oracle::result(std::uint32_t id, std::uint32_t connection,
                    std::uint64_t key, wire::Outcome outcome) {
  auto& host = engine(id);
  running_task task;
  if (!host.known || host.connection != connection || !remove(host, key, task))
    return;
  auto x = find(task.where);
  if (x == nullptr)
    return;
  if (outcome != wire::Outcome::Error || x->retries_left == 0)
    return end(task.where, *x, outcome);
  --x->retries_left;
  wait(task.where, *x);
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

// -- checks -------------------------------------------------------------------

void oracle::dispatched(std::uint32_t id, std::uint32_t connection,
                        std::uint64_t key, std::uint32_t owner,
                        task_number number) {
  ++dispatches_;
  auto name = name_of(owner, number);
  auto& host = engine(id);
  auto x = find({owner, number});
  if (x == nullptr)
    return violate(name + " is handed out, but its client is lost");
  if (x->now != stage::waiting)
    return violate(name + " is handed out, but does not wait");
  if (!host.joined || host.connection != connection)
    return violate(name + " goes to engine " + std::to_string(id)
                   + ", which is not there");
  if (!knows(host.functions, x->function))
    return violate(name + " goes to an engine that does not know its function");
  if (!takes_more(host))
    return violate(name + " goes to an engine that has its hwm of tasks");
  waiting_[x->function].erase({x->order, {owner, number}});
  x->now = stage::running;
  auto& last = last_[x->function][owner];
  last = std::max(last, x->order);
  host.running.push_back({key, x->bytes, {owner, number}});
  host.bytes += x->bytes;
  if (host.bytes > settings_.engine_bytes && host.running.size() > 1)
    violate(name + " goes to an engine that has no room for its arguments");
  if (!takes_more(host))
    count_free(host, false);
}

void oracle::reported(std::uint32_t id, task_number number,
                      wire::Outcome outcome) {
  auto name = name_of(id, number);
  auto x = find({id, number});
  if (x == nullptr)
    return violate(name + " is reported to a lost client");
  if (std::exchange(x->resent, false))
    return;
  if (x->now == stage::waiting && outcome == wire::Outcome::Impossible
      && unknown_[x->function]) {
    waiting_[x->function].erase({x->order, {id, number}});
  } else if (x->now != stage::due) {
    return violate(name + " is reported, but did not end");
  } else if (x->outcome != outcome) {
    return violate(name + " is reported with another outcome than it had");
  }
  x->now = stage::reported;
  --client(id).outstanding;
}

void oracle::end_round() {
  for (auto& where : due_)
    if (auto x = find(where);
        x != nullptr && x->now == stage::due && !client(where.client).away)
      violate(name_of(where.client, where.number)
              + " ended, but is not reported");
  due_.clear();
  for (auto f = 1u; f <= functions; ++f) {
    check_order(f);
    check_idle(f);
    last_[f].clear();
    unknown_[f] = knowing_[f] == 0;
  }
}

void oracle::check_order(std::uint32_t f) {
  if (waiting_[f].empty())
    return;
  auto name = [](const place& x) { return name_of(x.client, x.number); };
  for (auto& [client, last] : last_[f]) {
    auto oldest = waiting_[f].lower_bound({0, {client, 0}});
    if (oldest != waiting_[f].end() && oldest->where.client == client
        && oldest->order < last)
      violate("a younger task passed " + name(oldest->where));
  }
  if (joined_ > 0 && knowing_[f] == 0)
    violate(name(waiting_[f].begin()->where)
            + " waits, but no engine knows its function");
}

void oracle::check_idle(std::uint32_t f) {
  if (waiting_[f].empty() || free_[f] == 0)
    return;
  for (std::size_t id = 0; id < engines_.size(); ++id) {
    auto& x = engines_[id];
    auto room = x.running.empty()
                || x.bytes + most_bytes <= settings_.engine_bytes;
    if (takes_more(x) && knows(x.functions, f) && room)
      return violate("engine " + std::to_string(id)
                     + " has room while a task waits that it can run");
  }
}

} // namespace troupe::simulation
