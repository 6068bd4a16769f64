// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/scheduler_core.hpp"

#include <algorithm>
#include <map>

// Why tasks wait. Computed when somebody asks.
namespace troupe {

namespace {

using reason = wire::WaitReason;

std::uint64_t milliseconds_of(std::chrono::nanoseconds x) {
  auto result = std::chrono::ceil<std::chrono::milliseconds>(x).count();
  return static_cast<std::uint64_t>(std::max<std::int64_t>(result, 0));
}

} // namespace

wait_reports scheduler_core::why(const task_id& id) {
  wait_reports result;
  if (id.number > 0) {
    auto client = peers_.find(id.client);
    auto x = client != nullptr ? client->history.find(id.number).live : nullptr;
    auto report = x != nullptr ? reason_of(*x, true) : wait_report{};
    report.task = id;
    result.reports.push_back(report);
    return result;
  }
  std::map<reason, wait_report> reports;
  std::map<const task_line*, wait_report> lines; // tasks of a line are alike
  for (auto& [name, client] : peers_.clients())
    for (auto x = client.tasks.front(); x != nullptr;
         x = client.tasks.next(*x)) {
      auto known = x->line != nullptr ? lines.find(x->line) : lines.end();
      auto report = known != lines.end() ? known->second : reason_of(*x, false);
      if (x->line != nullptr && known == lines.end())
        lines.emplace(x->line, report);
      if (auto i = reports.find(report.reason); i != reports.end()) {
        ++i->second.count;
        continue;
      }
      report = reason_of(*x, true);
      report.task = {client.id, x->entry().id()};
      reports.emplace(report.reason, report);
    }
  for (auto& [key, report] : reports)
    result.reports.push_back(report);
  return result;
}

wait_report scheduler_core::reason_of(const task& x, bool in_detail) const {
  wait_report result;
  switch (x.state) {
    case task_state::dispatched:
      result.reason = reason::Dispatched;
      result.engine = x.engine->id;
      break;
    case task_state::held:
      if (x.demands->pausing) {
        result.reason = reason::RetryDelay;
        result.detail = milliseconds_of(x.demands->resumes - now_);
      } else {
        result.reason = reason::Dependencies;
        result.more = x.demands->after.open() + x.demands->follow.open();
        auto& tasks = x.client->tasks;
        if (auto other = in_detail ? graph_.first_open(x, tasks) : nullptr)
          result.detail = other->entry().id();
      }
      break;
    default:
      result = reason_to_wait(x);
  }
  result.attempts = x.attempts;
  return result;
}

wait_report scheduler_core::reason_to_wait(const task& x) const {
  wait_report result;
  if (!queue_.staffed()) {
    result.reason = reason::NoEngines;
    return result;
  }
  auto there = 0u;
  auto free = 0u;
  auto known = 0u;
  queue_.for_each_engine(x, [&](const engine_record& engine) {
    ++known;
    there += engine.joined();
    if (engine.joined() && engine.kind->places.eligible(engine.seat)) {
      ++free;
      result.more += has_slots(engine, x);
    }
  });
  if (there == 0)
    return {reason::EnginesAway, {}, 1, 0, known};
  if (auto highest = queue_.highest_before(x))
    return {reason::Priority, {}, 1, *highest + std::uint64_t{128}, there};
  if (free == 0)
    return {reason::Busy, {}, 1, 0, there};
  if (result.more == 0)
    return {reason::Slots, {}, 1, 0, there};
  result.reason = reason::Next;
  return result;
}

} // namespace troupe
