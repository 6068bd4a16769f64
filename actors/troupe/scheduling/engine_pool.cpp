// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/engine_pool.hpp"

#include "troupe/scheduling/constraint_graph.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace troupe {

namespace {

placement::rank rank_of(const engine_record& x) {
  return x.kind->places.rank_of(x.seat);
}

double weight_of(const engine_kinds& kinds) {
  auto result = 0.0;
  for (auto kind : kinds)
    result += kind->places.weight();
  return result;
}

std::size_t count(const engine_kinds& kinds) {
  auto result = std::size_t{0};
  for (auto kind : kinds)
    result += kind->places.size();
  return result;
}

/// Returns the engine at `x` when the kinds lie side by side.
engine_record* engine_at(const engine_kinds& kinds, double x) {
  engine_kind* last = nullptr;
  for (auto kind : kinds) {
    auto weight = kind->places.weight();
    if (weight <= 0)
      continue;
    last = kind;
    if (x < weight)
      break;
    x -= weight;
  }
  return last->seats[last->places.at(x)];
}

} // namespace

bool knows(const engine_record& engine, function_id function) {
  return std::ranges::binary_search(engine.functions, function);
}

namespace {

/// Calls `f` with each slot of an engine that `x` takes, and with how much.
template <class Slots, class F>
void for_each_slot(const engine_record& engine, Slots& free, const task& x,
                   F f) {
  if (x.demands == nullptr || x.demands->needs == nullptr)
    return;
  auto i = std::size_t{0};
  for (auto& want : x.demands->needs->slots) {
    while (engine.means.slots[i].name != want.name)
      ++i;
    f(free[i], want.amount);
  }
}

} // namespace

bool has_slots(const engine_record& engine, const task& x) {
  auto result = true;
  for_each_slot(engine, engine.free_slots, x,
                [&](std::uint64_t free, std::uint64_t amount) {
                  result = result && free >= amount;
                });
  return result;
}

// -- engines ------------------------------------------------------------------

bool engine_pool::join(engine_record& x) {
  assert(!x.joined());
  auto kinds_before = kinds_.size();
  auto& kind = kind_of(x.functions);
  x.kind = &kind;
  x.seat = kind.places.add(x.pace.limit());
  if (x.seat >= kind.seats.size())
    kind.seats.resize(x.seat + 1);
  kind.seats[x.seat] = &x;
  return kinds_.size() > kinds_before;
}

bool engine_pool::leave(engine_record& x) {
  assert(x.joined());
  auto kind = std::exchange(x.kind, nullptr);
  kind->places.remove(x.seat);
  kind->seats[x.seat] = nullptr;
  if (kind->places.size() > 0)
    return false;
  std::erase_if(kinds_, [kind](auto& other) { return &other == kind; });
  return true;
}

engine_kind& engine_pool::kind_of(const std::vector<function_id>& functions) {
  for (auto& kind : kinds_)
    if (kind.functions == functions)
      return kind;
  return kinds_.emplace_back(
    engine_kind{functions, placement{*scheme_, order_}, {}});
}

engine_kinds engine_pool::knowing(function_id function) {
  engine_kinds result;
  for (auto& kind : kinds_)
    if (std::ranges::binary_search(kind.functions, function))
      result.push_back(&kind);
  return result;
}

// -- picks --------------------------------------------------------------------

engine_record* engine_pool::place(const engine_kinds& kinds, const task& x,
                                  engine_record* avoid) {
  if (avoid != nullptr && avoid->joined() && count(kinds) > 1) {
    avoid->kind->places.suspend(avoid->seat);
    suspended_.push_back(avoid);
  }
  auto result = pick(kinds);
  while (result != nullptr && !has_room(*result, x)) {
    result->kind->places.suspend(result->seat);
    suspended_.push_back(result);
    result = pick(kinds);
  }
  for (auto engine : suspended_)
    engine->kind->places.resume(engine->seat);
  suspended_.clear();
  return result;
}

engine_record* engine_pool::place_among(const std::vector<engine_record*>& xs,
                                        const task& x, engine_id avoid) {
  auto others = std::ranges::any_of(xs, [avoid](auto engine) {
    return engine->joined() && engine->id != avoid;
  });
  candidates_.clear();
  for (auto engine : xs)
    if (engine->joined() && engine->kind->places.eligible(engine->seat)
        && has_room(*engine, x) && has_slots(*engine, x)
        && !(others && engine->id == avoid))
      candidates_.push_back(engine);
  if (candidates_.empty())
    return nullptr;
  if (scheme_->draws() == 0)
    return *std::ranges::min_element(candidates_, {}, [](auto engine) {
      return rank_of(*engine);
    });
  auto result = draw_candidate();
  for (auto n = scheme_->draws(); n > 1; --n) {
    auto other = draw_candidate();
    if (rank_of(*other).cost < rank_of(*result).cost)
      result = other;
  }
  return result;
}

engine_record* engine_pool::draw_candidate() {
  auto weight = [](engine_record* x) {
    return x->kind->places.weight_of(x->seat);
  };
  auto sum = 0.0;
  for (auto x : candidates_)
    sum += weight(x);
  auto at = random_.fraction() * sum;
  for (auto x : candidates_) {
    if (at < weight(x))
      return x;
    at -= weight(x);
  }
  return candidates_.back();
}

engine_record* engine_pool::pick(const engine_kinds& kinds) {
  return scheme_->draws() == 0 ? best(kinds) : draw(kinds);
}

engine_record* engine_pool::best(const engine_kinds& kinds) {
  engine_record* result = nullptr;
  for (auto kind : kinds) {
    auto seat = kind->places.best();
    if (seat == placement::nobody)
      continue;
    if (result == nullptr || kind->places.rank_of(seat) < rank_of(*result))
      result = kind->seats[seat];
  }
  return result;
}

engine_record* engine_pool::draw(const engine_kinds& kinds) {
  auto weight = weight_of(kinds);
  if (weight <= 0)
    return nullptr;
  auto result = engine_at(kinds, random_.fraction() * weight);
  for (auto n = scheme_->draws(); n > 1; --n) {
    auto other = engine_at(kinds, random_.fraction() * weight);
    if (rank_of(*other).cost < rank_of(*result).cost)
      result = other;
  }
  return result;
}

bool engine_pool::has_room(const engine_record& engine, const task& x) const {
  return engine.tasks.empty() || engine.bytes + x.bytes <= engine_bytes_;
}

bool engine_pool::full(const engine_kinds& kinds) noexcept {
  return std::ranges::none_of(kinds, [](auto kind) {
    return kind->places.any_eligible();
  });
}

void engine_pool::assign(task& x, engine_record& engine, std::size_t waiting) {
  x.state = task_state::dispatched;
  x.engine = &engine;
  engine.tasks.push_back(x);
  engine.bytes += x.bytes;
  for_each_slot(engine, engine.free_slots, x,
                [](std::uint64_t& free, std::uint64_t amount) {
                  free -= amount;
                });
  engine.kind->places.pick(engine.seat, waiting);
}

bool engine_pool::assign_if_room(task& x, engine_record& engine) {
  if (!engine.joined() || !engine.kind->places.eligible(engine.seat)
      || !has_room(engine, x)
      || !knows(engine, function_id{x.entry().function()}))
    return false;
  assign(x, engine);
  return true;
}

void engine_pool::finish(task& x) {
  auto& engine = *x.engine;
  engine.tasks.erase(x);
  engine.bytes -= x.bytes;
  for_each_slot(engine, engine.free_slots, x,
                [](std::uint64_t& free, std::uint64_t amount) {
                  free += amount;
                });
  if (engine.joined())
    engine.kind->places.finish(engine.seat, 1);
  x.engine = nullptr;
  x.state = task_state::none;
}

} // namespace troupe
