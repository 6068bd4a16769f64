// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/placement.hpp"

#include <algorithm>
#include <cassert>

namespace troupe {

placement::seat placement::add(std::uint32_t hwm) {
  auto x = seat{};
  if (free_.empty()) {
    x = static_cast<seat>(engines_.size());
    engines_.emplace_back();
    if (engines_.size() > winners_.size() / 2)
      grow();
  } else {
    x = free_.back();
    free_.pop_back();
  }
  engines_[x] = engine{.turn = order_->head(), .hwm = hwm};
  update(x);
  return x;
}

void placement::remove(seat x) {
  engines_[x] = engine{};
  free_.push_back(x);
  update(x);
}

void placement::pick(seat x) {
  auto& engine = engines_[x];
  ++engine.load;
  engine.turn = order_->tail();
  update(x);
}

void placement::finish(seat x, std::uint32_t tasks) {
  assert(engines_[x].load >= tasks);
  engines_[x].load -= tasks;
  update(x);
}

void placement::limit(seat x, std::uint32_t hwm) {
  if (engines_[x].hwm == hwm)
    return;
  engines_[x].hwm = hwm;
  update(x);
}

void placement::suspend(seat x) {
  engines_[x].suspended = true;
  update(x);
}

void placement::resume(seat x) {
  engines_[x].suspended = false;
  update(x);
}

placement::rank placement::rank_of(seat x) const noexcept {
  auto& engine = engines_[x];
  auto counts = scheme_ == placement_scheme::leastload;
  return {counts ? engine.load : 0, engine.turn};
}

placement::seat placement::better(seat x, seat y) const noexcept {
  if (x == nobody || y == nobody)
    return x == nobody ? y : x;
  return rank_of(x) < rank_of(y) ? x : y;
}

void placement::update(seat x) {
  auto& engine = engines_[x];
  auto eligible = engine.load < engine.hwm && !engine.suspended;
  auto node = winners_.size() / 2 + x;
  winners_[node] = eligible ? x : nobody;
  while (node > 1) {
    node /= 2;
    winners_[node] = better(winners_[2 * node], winners_[2 * node + 1]);
  }
}

void placement::grow() {
  winners_.assign(std::max<std::size_t>(2, 2 * winners_.size()), nobody);
  for (auto x = seat{0}; x < engines_.size(); ++x)
    update(x);
}

} // namespace troupe
