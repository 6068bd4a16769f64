// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/placement.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

namespace troupe {

namespace {

// What a scheme may say. The sum of weights has to stay finite and exact
// enough, and costs have to have an order.
constexpr auto least_weight = 1e-12;
constexpr auto most_weight = 1e12;

double tamed_weight(double x) {
  return x > least_weight ? std::min(x, most_weight) : least_weight;
}

double tamed_cost(double x) {
  return std::isnan(x) ? std::numeric_limits<double>::infinity() : x;
}

} // namespace

placement::seat placement::add(load_limit most) {
  auto x = seat{};
  if (free_.empty()) {
    x = static_cast<seat>(engines_.size());
    engines_.emplace_back();
    if (engines_.size() > (draws_ ? weights_.size() : winners_.size()) / 2)
      grow();
  } else {
    x = free_.back();
    free_.pop_back();
  }
  engines_[x] = engine{.turn = order_->head(), .most = most};
  look_at_load(engines_[x]);
  update(x);
  return x;
}

void placement::remove(seat x) {
  engines_[x] = engine{};
  free_.push_back(x);
  update(x);
}

void placement::pick(seat x, std::size_t waiting) {
  auto& engine = engines_[x];
  ++engine.load;
  look_at_load(engine);
  auto [hwm, refill] = engine.most;
  if (engine.load > refill && waiting < size() * (hwm - refill))
    engine.full = true;
  engine.turn = order_->tail();
  update(x);
}

void placement::finish(seat x, std::uint32_t tasks) {
  assert(engines_[x].load >= tasks);
  engines_[x].load -= tasks;
  look_at_load(engines_[x]);
  update(x);
}

void placement::limit(seat x, load_limit most) {
  if (engines_[x].most == most)
    return;
  engines_[x].most = most;
  look_at_load(engines_[x]);
  update(x);
}

void placement::look_at_load(engine& x) noexcept {
  if (x.load >= x.most.hwm)
    x.full = true;
  else if (x.load <= x.most.refill)
    x.full = false;
}

void placement::suspend(seat x) {
  engines_[x].suspended = true;
  update(x);
}

void placement::resume(seat x) {
  engines_[x].suspended = false;
  update(x);
}

placement::seat placement::at(double x) const noexcept {
  auto node = std::size_t{1};
  while (node < weights_.size() / 2) {
    auto left = weights_[2 * node];
    auto right = weights_[2 * node + 1];
    // Rounding may leave `x` behind the last one: never go where nobody is.
    if (x < left || right <= 0) {
      node = 2 * node;
    } else {
      x -= left;
      node = 2 * node + 1;
    }
  }
  return static_cast<seat>(node - weights_.size() / 2);
}

placement::seat placement::better(seat x, seat y) const noexcept {
  if (x == nobody || y == nobody)
    return x == nobody ? y : x;
  return rank_of(x) < rank_of(y) ? x : y;
}

void placement::update(seat x) {
  auto& engine = engines_[x];
  if (eligible(x)) {
    engine_load load{engine.load, engine.most.hwm, engine.turn};
    engine.standing = {tamed_cost(scheme_->cost(load)), engine.turn};
    if (draws_)
      return update_weights(x, tamed_weight(scheme_->weight(load)));
  }
  if (draws_)
    update_weights(x, 0);
  else
    update_winners(x, eligible(x));
}

void placement::update_weights(seat x, double weight) {
  auto node = weights_.size() / 2 + x;
  weights_[node] = weight;
  while (node > 1) {
    node /= 2;
    weights_[node] = weights_[2 * node] + weights_[2 * node + 1];
  }
}

void placement::update_winners(seat x, bool eligible) {
  auto node = winners_.size() / 2 + x;
  winners_[node] = eligible ? x : nobody;
  while (node > 1) {
    node /= 2;
    winners_[node] = better(winners_[2 * node], winners_[2 * node + 1]);
  }
}

void placement::grow() {
  if (draws_)
    weights_.assign(std::max<std::size_t>(2, 2 * weights_.size()), 0);
  else
    winners_.assign(std::max<std::size_t>(2, 2 * winners_.size()), nobody);
  for (auto x = seat{0}; x < engines_.size(); ++x)
    update(x);
}

} // namespace troupe
