// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/task_options.hpp"

#include "troupe/client/error.hpp"
#include "troupe/error.hpp"
#include "troupe/limits.hpp"

#include <limits>

namespace troupe {

namespace {

std::uint16_t flags_of(const task_dependency& x) {
  auto result = x.any_is_enough ? demand_flags::any : std::uint16_t{0};
  if (x.how != ends::badly)
    result |= demand_flags::success;
  if (x.how != ends::well)
    result |= demand_flags::failure;
  return result;
}

std::uint32_t milliseconds_of(std::chrono::milliseconds x, const char* name) {
  if (x.count() < 0 || x.count() > std::numeric_limits<std::uint32_t>::max())
    throw error{errc::usage,
                std::string{name} + " has to be between 0 and 49 days"};
  return static_cast<std::uint32_t>(x.count());
}

void append(std::vector<call_reference>& result, const task_dependency& x,
            const client_core* session) {
  for (auto& task : x.tasks) {
    if (task.session() != session)
      throw error{errc::usage, "a task depends on one of another session",
                  "submit both through the same client"};
    if (task.group() != nullptr && task.group()->names_engines())
      throw error{errc::usage, "a task depends on a call of named engines",
                  "wait for its result, or make it a balanced task"};
    result.push_back({task.group(), task.index()});
  }
}

} // namespace

void check_for_device(const task_options& x) {
  const char* what = nullptr;
  if (!x.after.tasks.empty())
    what = "after";
  else if (!x.follow.tasks.empty())
    what = "follow";
  else if (!x.targets.empty())
    what = "targets";
  else if (!x.tags.empty())
    what = "tags";
  else if (!x.needs.empty())
    what = "needs";
  else if (x.priority != 0)
    what = "priority";
  else if (x.queue_limit.count() != 0)
    what = "queue_limit";
  else if (x.run_limit.count() != 0)
    what = "run_limit";
  else if (x.retries != 0)
    what = "retries";
  else if (x.retry_delay.count() != 0)
    what = "retry_delay";
  else if (x.retry_elsewhere)
    what = "retry_elsewhere";
  else if (x.attempts != 1 && x.attempts != task_options{}.attempts)
    what = "attempts";
  if (what != nullptr)
    throw error{errc::usage,
                std::string{
                  "a device (scheme pure) deals tasks out once and in "
                  "turn, and cannot heed \""}
                  + what + "\"",
                "start the cluster with --scheme leastload, or another one"};
}

std::shared_ptr<const call_demands> demands_of(const task_options& x,
                                               const client_core* session) {
  auto result = std::make_shared<call_demands>();
  auto& header = result->header;
  header.after = static_cast<std::uint32_t>(x.after.tasks.size());
  header.follow = static_cast<std::uint32_t>(x.follow.tasks.size());
  header.targets = static_cast<std::uint32_t>(x.targets.size());
  header.queue_ms = milliseconds_of(x.queue_limit, "queue_limit");
  header.run_ms = milliseconds_of(x.run_limit, "run_limit");
  header.retry_ms = milliseconds_of(x.retry_delay, "retry_delay");
  if (x.retry_elsewhere)
    header.flags = demand_flags::retry_elsewhere;
  auto needs = tidy({x.tags, x.needs});
  if (!needs)
    throw error{errc::usage, describe(needs.error())};
  result->needs = std::move(*needs);
  if (header == task_demand{} && result->needs.empty())
    return nullptr;
  header.flags |= flags_of(x.after);
  header.flags |= static_cast<std::uint16_t>(flags_of(x.follow)
                                             << demand_flags::follow_shift);
  append(result->references, x.after, session);
  append(result->references, x.follow, session);
  for (auto id : x.targets)
    result->references.push_back({nullptr, value(id)});
  if (result->references.size() > limits::task_references)
    throw error{errc::usage, "a task depends on more than "
                               + std::to_string(limits::task_references)
                               + " tasks and engines"};
  return result;
}

} // namespace troupe
