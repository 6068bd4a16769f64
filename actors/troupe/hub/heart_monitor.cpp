// SPDX-License-Identifier: BSL-1.0
#include "troupe/hub/heart_monitor.hpp"

namespace troupe {

bool heart_monitor::watch(member_id id) {
  return misses_.emplace(id, 0).second;
}

bool heart_monitor::beat(member_id id) {
  auto i = misses_.find(id);
  if (i == misses_.end())
    return false;
  i->second = 0;
  return true;
}

bool heart_monitor::forget(member_id id) {
  return misses_.erase(id) > 0;
}

std::vector<member_id> heart_monitor::end_period(std::uint32_t max_misses) {
  std::vector<member_id> lost;
  for (auto i = misses_.begin(); i != misses_.end();) {
    if (++i->second > max_misses) {
      lost.push_back(i->first);
      i = misses_.erase(i);
    } else {
      ++i;
    }
  }
  return lost;
}

} // namespace troupe
