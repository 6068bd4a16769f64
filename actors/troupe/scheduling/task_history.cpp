// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/task_history.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace troupe {

namespace {

constexpr auto first_capacity = std::size_t{64};

} // namespace

void task_history::add(task_number number, task& x) {
  last_ = number;
  while (ring_.empty() || wants_room(at(number)))
    grow();
  auto& place = at(number);
  lost_ = std::max(lost_, place.number());
  put_aside(place);
  place = {number, x};
  ++live_;
}

void task_history::put_aside(const entry& x) {
  if (x.live() != nullptr)
    old_.emplace(x.number(), x.live());
}

void task_history::grow() {
  auto size = ring_.empty()
                ? std::min(first_capacity, std::bit_ceil(std::size_t{limit_}))
                : 2 * ring_.size();
  auto before = std::exchange(ring_, {});
  ring_.resize(size);
  // Places only become more: no two tasks meet that did not meet before.
  for (auto& x : before)
    if (x.number() != 0)
      at(x.number()) = x;
}

void task_history::end(task_number number, bool succeeded, engine_id engine) {
  --live_;
  auto& place = at(number);
  if (place.number() == number)
    place = {number, succeeded, engine};
  else
    old_.erase(number);
}

task_history::record task_history::find(task_number number) const {
  if (number == 0 || number > last_)
    return {};
  auto& place = ring_[number & (ring_.size() - 1)];
  if (place.number() == number) {
    if (auto x = place.live())
      return {stage::live, no_engine, x};
    return place.outcome();
  }
  if (auto i = old_.find(number); i != old_.end())
    return {stage::live, no_engine, i->second};
  return {number <= lost_ ? stage::forgotten : stage::unknown, no_engine,
          nullptr};
}

} // namespace troupe
