// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/scheduler_core.hpp"

#include <algorithm>

// Tasks that no engine can run, or wants to.
namespace troupe {

namespace {

/// How much of what is needed somebody has, for comparing.
std::size_t score(const resources& means, const resources& needs) {
  auto result = std::size_t{0};
  for (auto& tag : needs.tags)
    result += 2 * means.cover({{tag}, {}});
  for (auto& slot : needs.slots)
    for (auto amount : {std::uint64_t{1}, slot.amount})
      result += means.cover({{}, {{slot.name, amount}}});
  return result;
}

/// What of `means` is about what is needed.
resources relevant(const resources& means, const resources& needs) {
  resources result;
  std::ranges::set_intersection(means.tags, needs.tags,
                                std::back_inserter(result.tags));
  for (auto& slot : means.slots)
    if (std::ranges::find(needs.slots, slot.name, &slot::name)
        != needs.slots.end())
      result.slots.push_back(slot);
  return result;
}

} // namespace

void scheduler_core::take_rejection(task& x, engine_id engine,
                                    const rejection& what) {
  auto& demands = x.demands != nullptr ? *x.demands : graph_.add(x);
  demands.rejection = what.why.message;
  if (++demands.rejections >= limits::task_rejections)
    return conclude(x, wire::Outcome::Impossible, engine,
                    {"rejected",
                     "it was rejected " + std::to_string(demands.rejections)
                       + " times, the last time by " + to_string(engine) + ": "
                       + demands.rejection});
  if (now_ >= demands.deadline)
    return conclude(x, wire::Outcome::Timeout, engine,
                    {"queue_limit", "its limit was over when it was rejected: "
                                      + demands.rejection});
  if (what.retry_after > std::chrono::milliseconds::zero()) {
    ++redispatched_;
    demands.rejected_by.clear();
    demands.avoid = engine;
    return pause(x, what.retry_after);
  }
  auto& by = demands.rejected_by;
  by.insert(std::ranges::lower_bound(by, engine), engine);
  retry(x);
}

void scheduler_core::reject(const std::vector<task*>& xs) {
  for (auto x : xs)
    conclude(*x, wire::Outcome::Impossible, no_engine, obstacle(*x));
}

failure scheduler_core::obstacle(const task& x) {
  auto demands = x.demands.get();
  auto function = function_id{x.entry().function()};
  if (demands != nullptr && !demands->rejected_by.empty())
    return {"rejected", "every engine that can run it rejected it; the last "
                        "one said: "
                          + demands->rejection};
  if (demands != nullptr && demands->targeted() && demands->needs == nullptr)
    return {"engines_gone", "the engines on which it must run are gone, or do "
                            "not know the function"};
  if (demands == nullptr || demands->needs == nullptr)
    return {"unknown_function", "no engine knows the function"};
  return {"no_engine_fits", lack_of(*demands, function)};
}

std::string scheduler_core::lack_of(const task_demands& x,
                                    function_id function) {
  auto& needs = *x.needs;
  const engine_record* best = nullptr;
  for (auto& [id, engine] : peers_.engines()) {
    if (!engine.joined() || !knows(engine, function))
      continue;
    auto better = best == nullptr
                  || score(engine.means, needs) > score(best->means, needs)
                  || (score(engine.means, needs) == score(best->means, needs)
                      && id < best->id);
    if (better)
      best = &engine;
  }
  auto text = "it needs " + to_string(needs);
  if (best == nullptr)
    return text + ", and no engine knows the function";
  if (x.targeted() && best->means.cover(needs))
    return text + ", and the engines on which it must run do not have it";
  return text + "; the best engine, " + to_string(best->id) + ", has "
         + to_string(relevant(best->means, needs));
}

} // namespace troupe
