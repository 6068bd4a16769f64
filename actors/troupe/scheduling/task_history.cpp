// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/task_history.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

constexpr auto first_capacity = std::size_t{64};

} // namespace

void task_history::add(task_number number, task& x) {
  last_ = number;
  if (ring_.empty() || (at(number).number != 0 && ring_.size() < limit_))
    grow();
  auto& place = at(number);
  if (place.live != nullptr)
    old_.emplace(place.number, place.live);
  place = {number, &x, no_engine, false};
}

void task_history::grow() {
  auto size = std::max(first_capacity, 2 * ring_.size());
  auto before = std::exchange(ring_, {});
  ring_.resize(std::min<std::size_t>(size, limit_));
  std::ranges::sort(before, {}, &entry::number);
  for (auto& x : before) {
    auto& place = at(x.number);
    if (place.live != nullptr)
      old_.emplace(place.number, place.live);
    if (x.number != 0)
      place = x;
  }
}

void task_history::end(task_number number, bool succeeded, engine_id engine) {
  auto& place = at(number);
  if (place.number == number)
    place = {number, nullptr, engine, succeeded};
  else
    old_.erase(number);
}

task_history::record task_history::find(task_number number) const {
  if (number == 0 || number > last_)
    return {};
  auto& place = ring_[number % ring_.size()];
  if (place.number == number) {
    if (place.live != nullptr)
      return {stage::live, no_engine, place.live};
    return {place.succeeded ? stage::succeeded : stage::failed, place.engine,
            nullptr};
  }
  if (auto i = old_.find(number); i != old_.end())
    return {stage::live, no_engine, i->second};
  return {place.number > number ? stage::forgotten : stage::unknown, no_engine,
          nullptr};
}

} // namespace troupe
