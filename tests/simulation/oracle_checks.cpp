// SPDX-License-Identifier: BSL-1.0
#include "simulation/oracle.hpp"

#include <algorithm>
#include <utility>

// What the scheduler sends, and what it should have sent.
namespace troupe::simulation {

namespace {

/// More than the arguments of any task.
constexpr auto most_bytes = std::uint64_t{512};

std::string name_of(std::uint32_t client, task_number number) {
  return "task " + std::to_string(client) + "/" + std::to_string(number);
}

std::string name_of(std::uint32_t engine) {
  return "engine " + std::to_string(engine);
}

} // namespace

// -- as it is sent ------------------------------------------------------------

void oracle::dispatched(std::uint32_t id, std::uint32_t connection,
                        std::uint64_t key, const attempt& what,
                        std::uint32_t run_ms, bool early) {
  ++dispatches_;
  auto [owner, number, count] = what;
  auto name = [&] { return name_of(what.client, what.number); };
  auto& host = engine(id);
  auto x = find({owner, number});
  if (x == nullptr)
    return violate(name() + " is handed out, but its client is lost");
  check_dispatch({owner, number}, id, connection, *x, early);
  if (run_ms != (x->extra > 0 ? extras_[x->extra].how.run_ms : 0))
    violate(name() + " is handed out with another limit than it has");
  if (++x->attempts != count)
    violate(name() + " is handed out with a wrong number of attempts");
  if (!violation_.empty())
    return;
  auto& sort = sorts_[x->sort];
  if (!early && !special(*x)) {
    auto& last = sort.last[owner];
    last = std::max(last, x->order);
    sort.turns.serve(owner);
  }
  stop_waiting({owner, number}, *x);
  x->now = stage::running;
  x->early = early;
  if (early) {
    early_hosts_.insert(id);
  } else {
    handed_out_.push_back({id, x->sort});
    auto& served = served_[sort.priority];
    served.resize(clients_.size());
    ++served[owner];
  }
  host.running.push_back({key, x->bytes, sort.needs.slots, {owner, number}});
  host.bytes += x->bytes;
  host.slots += sort.needs.slots;
  if (host.bytes > settings_.engine_bytes && host.running.size() > 1)
    violate(name() + " goes to an engine that has no room for its arguments");
  if (!takes_more(host))
    count_free(host, false);
}

void oracle::check_dispatch(const place& where, std::uint32_t id,
                            std::uint32_t connection, const task_state& x,
                            bool early) {
  auto name = [&] { return name_of(where.client, where.number); };
  auto& host = engines_[id];
  auto& needs = sorts_[x.sort].needs;
  if (x.cancelled
      || (x.now > stage::waiting && x.outcome == wire::Outcome::Aborted))
    return violate(name() + " is handed out, but was cancelled");
  if (auto text = early ? too_early(host, where, x) : ""; !text.empty())
    return violate(name() + text);
  if (!early && x.now != stage::waiting)
    return violate(name() + " is handed out, but does not wait");
  if (!host.joined || host.connection != connection)
    return violate(name() + " goes to " + name_of(id) + ", which is not there");
  if ((needs.functions & ~host.with.functions) != 0)
    return violate(name()
                   + " goes to an engine that does not know its function");
  if ((needs.tags & ~host.with.tags) != 0)
    return violate(name() + " goes to an engine that has not its tags");
  if (host.slots + needs.slots > host.with.slots && needs.slots > 0)
    return violate(name() + " goes to an engine that has no slot left");
  if (!may_take_more(host))
    return violate(name() + " goes to an engine that has its hwm of tasks");
  if (x.extra == 0)
    return;
  if (extras_[x.extra].rejected_by.contains(id))
    return violate(name() + " goes to an engine that rejected it");
  if (extras_[x.extra].avoid == id && fitting(x) > 1)
    return violate(name() + " goes to the engine that it avoids");
}

std::string oracle::too_early(const engine_state& host, const place& where,
                              const task_state& x) {
  if (x.now != stage::held)
    return " is handed out early, but does not wait for another one";
  if (host.running.empty()
      || host.running.back().where != place{where.client, x.after})
    return " is handed out early, but not behind the one that it comes after";
  auto& before = *find({where.client, x.after});
  if (before.attempts > 1 || before.cancelled)
    return " is handed out early behind one that failed or was cancelled";
  if (x.attempts > 0)
    return " is handed out early, but ran or was lost before";
  if (client(where.client).heirs.count(x.after) > 1)
    return " is handed out early, but not the only one to come next";
  return "";
}

void oracle::ran(std::uint32_t id, task_number number, bool well) {
  auto x = find({id, number});
  if (x == nullptr)
    return;
  auto before = find({id, x->after});
  if (before != nullptr && !before->ran_well)
    violate(name_of(id, number) + " runs before the one that it comes after");
  x->ran_well = x->ran_well || well;
}

void oracle::reported(const attempt& what, wire::Outcome outcome) {
  auto [id, number, count] = what;
  auto name = [&] { return name_of(what.client, what.number); };
  auto x = find({id, number});
  if (x == nullptr)
    return violate(name() + " is reported to a lost client");
  if (std::exchange(x->resent, false))
    return;
  auto impossible = outcome == wire::Outcome::Impossible
                    && may_be_impossible({id, number}, *x);
  if (x->now == stage::waiting && impossible) {
    stop_waiting({id, number}, *x);
    end({id, number}, *x, outcome);
    tell_heirs();
  } else if (x->now != stage::due) {
    return violate(name() + " is reported, but did not end");
  } else if (x->outcome != outcome
             && !(impossible
                  && (x->outcome == wire::Outcome::Aborted
                      || x->outcome == wire::Outcome::Timeout))) {
    return violate(name() + " is reported with another outcome than it had");
  }
  if (x->attempts != count)
    return violate(name() + " is reported with a wrong number of attempts");
  x->now = stage::reported;
  --client(id).outstanding;
}

bool oracle::may_be_impossible(const place& where, const task_state& x) {
  auto before = find({where.client, x.after});
  if (before != nullptr && before->ended() && !before->ended_well())
    return true;
  return special(x) ? extras_[x.extra].unknown : sorts_[x.sort].unknown;
}

void oracle::revoked(std::uint32_t id, std::uint64_t key) {
  auto& host = engine(id);
  auto i = std::ranges::find(host.running, key, &running_task::key);
  auto found = i != host.running.end();
  auto x = found ? find(i->where) : nullptr;
  if (!host.known || (found && x == nullptr)) { // it, or the client, was lost
    --to_revoke_;
    return;
  }
  if (x == nullptr || !x->cancelled)
    return violate(name_of(id) + " is told to leave out what nobody cancelled");
  --to_revoke_;
}

// -- after each round ---------------------------------------------------------

void oracle::end_round() {
  for (auto& where : due_)
    if (auto x = find(where);
        x != nullptr && x->now == stage::due && !away(where))
      violate(name_of(where.client, where.number)
              + " ended, but is not reported");
  due_.clear();
  if (std::exchange(to_revoke_, 0) > 0)
    violate("an engine is not told that a task was cancelled");
  check_turns();
  check_early();
  for (auto& x : sorts_) {
    check_order(x);
    check_idle(x);
    x.last.clear();
    x.unknown = x.fitting == 0;
  }
  check_special();
}

void oracle::check_order(sort& x) {
  if (x.waiting.empty())
    return;
  auto name = [](const place& y) { return name_of(y.client, y.number); };
  for (auto& [client, last] : x.last) {
    auto oldest = x.waiting.lower_bound({0, {client, 0}});
    if (oldest != x.waiting.end() && oldest->where.client == client
        && oldest->order < last)
      violate("a younger task passed " + name(oldest->where));
  }
  if (joined_ == 0 || x.fitting > 0)
    return;
  auto waits = [this](const waiting_task& y) { return !away(y.where); };
  if (auto i = std::ranges::find_if(x.waiting, waits); i != x.waiting.end())
    violate(name(i->where) + " waits, but no engine has what it needs");
}

bool oracle::fits(const engine_state& host, const means& needs) const {
  auto room = host.running.empty()
              || host.bytes + most_bytes <= settings_.engine_bytes;
  return room && host.slots + needs.slots <= host.with.slots;
}

void oracle::check_early() {
  for (auto id : std::exchange(early_hosts_, {})) {
    auto& host = engine(id);
    auto late = [&](const place& where) {
      violate(name_of(id) + " got a task early while "
              + name_of(where.client, where.number) + " waits");
    };
    for (auto& x : sorts_)
      if (!x.waiting.empty() && host.with.cover(x.needs) && fits(host, x.needs))
        late(x.waiting.begin()->where);
    for (auto& where : special_) {
      auto& x = *find(where);
      if (extras_[x.extra].avoid != id && admits(id, x)
          && fits(host, sorts_[x.sort].needs))
        late(where);
    }
  }
}

void oracle::check_idle(sort& x) {
  auto waits = [this](const waiting_task& y) { return !away(y.where); };
  if (x.free == 0 || std::ranges::none_of(x.waiting, waits))
    return;
  for (std::uint32_t id = 0; id < engines_.size(); ++id) {
    auto& y = engines_[id];
    if (takes_more(y) && y.with.cover(x.needs) && fits(y, x.needs))
      return violate(name_of(id)
                     + " has room while a task waits that it can run");
  }
}

void oracle::check_special() {
  for (auto& where : special_) {
    auto& x = *find(where);
    auto& y = extras_[x.extra];
    auto& needs = sorts_[x.sort].needs;
    y.unknown = fitting(x) == 0;
    if (away(where))
      continue;
    auto name = [&] { return name_of(where.client, where.number); };
    if (joined_ > 0 && y.unknown)
      violate(name() + " waits, but no engine wants to run it");
    for (std::uint32_t id = 0; id < engines_.size(); ++id) {
      auto& host = engines_[id];
      if (id != y.avoid && admits(id, x) && takes_more(host)
          && fits(host, needs))
        violate(name_of(id) + " has room while " + name() + " waits");
    }
  }
}

void oracle::check_turns() {
  if (handed_out_.empty())
    return;
  for (auto& [id, what] : handed_out_)
    for (auto& x : sorts_)
      if (roomy() && sorts_.size() > 1 && !x.waiting.empty()
          && x.priority > sorts_[what].priority
          && engines_[id].with.cover(x.needs)
          && x.needs.slots <= sorts_[what].needs.slots)
        violate("a task of lower priority passed "
                + name_of(x.waiting.begin()->where.client,
                          x.waiting.begin()->where.number));
  for (auto& x : sorts_) {
    auto& served = served_[x.priority];
    served.resize(clients_.size());
    if (!x.turns.end_round(served) && roomy())
      violate("a client waits while another one has more than "
              + std::to_string(turn_watch::most_ahead) + " turn");
  }
  handed_out_.clear();
  for (auto& [priority, served] : served_)
    std::ranges::fill(served, 0);
}

} // namespace troupe::simulation
