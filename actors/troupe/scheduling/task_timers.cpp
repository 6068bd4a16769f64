// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/task_timers.hpp"

#include <algorithm>

namespace troupe {

namespace {

bool later(const task_timers::timer& x, const task_timers::timer& y) {
  return x.when != y.when ? x.when > y.when : x.id > y.id;
}

} // namespace

void task_timers::add(time_point when, task& x) {
  if (timers_.size() >= limit_)
    forget_ended();
  timers_.push_back({when, &x, x.demands->id});
  std::ranges::push_heap(timers_, later);
}

void task_timers::forget_ended() {
  std::erase_if(timers_, [](const timer& x) {
    return !constraint_graph::current(*x.who, x.id);
  });
  std::ranges::make_heap(timers_, later);
  limit_ = std::max<std::size_t>(1024, 2 * timers_.size());
}

std::optional<task_timers::timer> task_timers::take(time_point now) {
  while (!timers_.empty() && timers_.front().when <= now) {
    std::ranges::pop_heap(timers_, later);
    auto result = timers_.back();
    timers_.pop_back();
    if (constraint_graph::current(*result.who, result.id))
      return result;
  }
  return std::nullopt;
}

std::optional<task_timers::time_point> task_timers::next() const {
  if (timers_.empty())
    return std::nullopt;
  return timers_.front().when;
}

} // namespace troupe
