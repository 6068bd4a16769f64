// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/intake.hpp"

#include <algorithm>
#include <utility>

namespace troupe {

void intake::began(int id) {
  ended(id);
  connections_.emplace(id, connection{});
}

void intake::ended(int id) {
  auto i = connections_.find(id);
  if (i == connections_.end())
    return;
  stop_watching(i->second);
  connections_.erase(i);
}

void intake::took(int id, std::uint64_t bytes) noexcept {
  if (auto i = connections_.find(id); i != connections_.end())
    i->second.taken = std::max(i->second.taken, bytes);
}

void intake::delivered(int id) noexcept {
  if (auto i = connections_.find(id); i != connections_.end())
    i->second.delivered = true;
}

void intake::stop_watching(connection& x) noexcept {
  if (std::exchange(x.is, state::idle) != state::idle)
    --watched_;
}

bool intake::judge(connection& x) noexcept {
  auto before = std::exchange(x.before, x.taken);
  if (x.taken != before)
    moving_ = true;
  if (std::exchange(x.delivered, false)) {
    // There was nothing to deliver at the last `judge`, so this message ended
    // behind what had been taken by then.
    x.base = std::max(x.base, before);
    stop_watching(x);
  }
  switch (x.is) {
    case state::idle:
      if (x.taken - x.base > limit_ / 2) {
        x.is = state::watched;
        ++watched_;
      }
      return false;
    case state::watched:
      // No message ended since the last `judge`, before these were taken.
      x.base = x.taken;
      x.is = state::suspected;
      return false;
    default:
      return x.taken - x.base > limit_;
  }
}

std::vector<int> intake::judge() {
  std::vector<int> result;
  moving_ = false;
  for (auto& [id, x] : connections_)
    if (judge(x))
      result.push_back(id);
  return result;
}

} // namespace troupe
