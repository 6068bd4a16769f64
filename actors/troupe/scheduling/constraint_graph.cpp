// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/constraint_graph.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace troupe {

namespace {

dependency make_dependency(std::uint32_t count, unsigned flags) {
  return {count, (flags & demand_flags::any) != 0,
          (flags & demand_flags::success) != 0,
          (flags & demand_flags::failure) != 0};
}

void insert(std::vector<engine_id>& xs, engine_id x) {
  auto i = std::ranges::lower_bound(xs, x);
  if (i == xs.end() || *i != x)
    xs.insert(i, x);
}

} // namespace

std::vector<engine_id> task_demands::engines() const {
  if (!follows)
    return targets;
  if (!has_targets)
    return places;
  std::vector<engine_id> result;
  std::ranges::set_intersection(places, targets, std::back_inserter(result));
  return result;
}

task_demands& constraint_graph::add(task& x) {
  x.demands = std::make_unique<task_demands>();
  x.demands->id = ++last_id_;
  return *x.demands;
}

caf::error constraint_graph::set_needs(task_demands& x,
                                       const demand_view& demands,
                                       const wire::Demand& demand) {
  if (demand.needs() == 0)
    return caf::none;
  auto needs = demands.needs(demand);
  if (!needs)
    return std::move(needs.error());
  if (last_needs_ == nullptr || *last_needs_ != *needs)
    last_needs_ = std::make_shared<const resources>(std::move(*needs));
  x.needs = last_needs_;
  return caf::none;
}

constraint_graph::verdict
constraint_graph::add(task& x, const demand_view& demands,
                      const wire::Demand& demand, const task_history& history,
                      time_point now) {
  auto& y = add(x);
  if (set_needs(y, demands, demand))
    return verdict::bad_needs;
  y.after = make_dependency(demand.after(), demand.flags());
  y.follow = make_dependency(demand.follow(),
                             demand.flags() >> demand_flags::follow_shift);
  y.follows = demand.follow() > 0;
  y.has_targets = demand.targets() > 0;
  for (auto& target : demands.targets(demand))
    insert(y.targets, engine_id{static_cast<std::uint32_t>(target.value())});
  y.run_ms = demand.run_ms();
  y.retry_delay = std::chrono::milliseconds{demand.retry_ms()};
  y.retry_elsewhere = (demand.flags() & demand_flags::retry_elsewhere) != 0;
  if (demand.queue_ms() > 0)
    y.deadline = now + std::chrono::milliseconds{demand.queue_ms()};
  for (auto& other : demands.after(demand))
    if (auto bad = depend(x, other.value(), false, history);
        bad != verdict::ready)
      return bad;
  for (auto& other : demands.follow(demand))
    if (auto bad = depend(x, other.value(), true, history);
        bad != verdict::ready)
      return bad;
  return judge(y);
}

constraint_graph::verdict
constraint_graph::depend(task& x, task_number number, bool follows,
                         const task_history& history) {
  using stage = task_history::stage;
  auto other = history.find(number);
  switch (other.now) {
    case stage::unknown:
      return verdict::invalid;
    case stage::forgotten:
      return verdict::forgotten;
    case stage::live:
      if (other.live == &x)
        return verdict::invalid;
      if (other.live->dependents == nullptr)
        other.live->dependents = std::make_unique<std::vector<dependent>>();
      other.live->dependents->push_back({&x, x.demands->id, follows});
      return verdict::ready;
    default:
      note(*x.demands, follows, other.now == stage::succeeded, other.engine);
      return verdict::ready;
  }
}

void constraint_graph::note(task_demands& x, bool follows, bool succeeded,
                            engine_id engine) {
  if (!follows)
    return x.after.end(x.after.counts(succeeded));
  auto good = x.follow.counts(succeeded) && engine != no_engine;
  x.follow.end(good);
  if (good)
    insert(x.places, engine);
}

constraint_graph::verdict constraint_graph::judge(const task_demands& x) {
  if (x.after.unreachable() || x.follow.unreachable())
    return verdict::unreachable;
  if (x.follows && !x.follow.any() && x.places.size() > 1)
    return verdict::impossible;
  if (!x.after.met() || !x.follow.met())
    return verdict::held;
  if (x.targeted() && x.engines().empty())
    return verdict::impossible;
  return verdict::ready;
}

const task*
constraint_graph::first_open(const task& x,
                             const task_list<&task::siblings>& tasks) {
  for (auto y = tasks.front(); y != nullptr; y = tasks.next(*y))
    if (y->dependents != nullptr)
      for (auto& z : *y->dependents)
        if (z.who == &x && current(x, z.id))
          return y;
  return nullptr;
}

task* constraint_graph::heir_of(const task& x) {
  if (x.dependents == nullptr || x.dependents->size() != 1)
    return nullptr;
  auto& y = x.dependents->front();
  if (y.follows || y.who->state != task_state::held || !current(*y.who, y.id))
    return nullptr;
  auto& demands = *y.who->demands;
  auto plain = !demands.bound() && demands.avoid == no_engine
               && !demands.pausing && demands.deadline == time_point::max();
  if (!plain || demands.after.open() != 1 || !demands.after.counts(true))
    return nullptr;
  auto then = demands.after;
  then.end(true);
  return then.met() ? y.who : nullptr;
}

void constraint_graph::end(task& x, bool succeeded, engine_id engine) {
  auto dependents = std::exchange(x.dependents, nullptr);
  if (dependents == nullptr)
    return;
  for (auto& y : *dependents) {
    if (!current(*y.who, y.id))
      continue; // it ended already
    if (y.who->state != task_state::held && !y.who->demands->early)
      continue; // it needs this one no more
    auto before = judge(*y.who->demands);
    note(*y.who->demands, y.follows, succeeded, engine);
    auto after = judge(*y.who->demands);
    if (before == verdict::held && after != verdict::held)
      decisions_.push_back({y.who, y.id, after});
  }
}

std::vector<constraint_graph::decision> constraint_graph::take_decisions() {
  return std::exchange(decisions_, {});
}

failure failure_of(constraint_graph::verdict x) {
  using verdict = constraint_graph::verdict;
  switch (x) {
    case verdict::invalid:
      return {"invalid_dependency",
              "it depends on a task that was never accepted, or on itself"};
    case verdict::forgotten:
      return {"invalid_dependency",
              "it depends on a task that ended too long ago to be remembered"};
    case verdict::unreachable:
      return {"unreachable_dependency",
              "tasks that it depends on ended in the wrong way"};
    case verdict::bad_needs:
      return {"bad_needs", "the names or amounts of what it needs make no "
                           "sense"};
    default:
      return {"impossible_dependency",
              "no engine ran all the tasks that it follows and is a target"};
  }
}

} // namespace troupe
