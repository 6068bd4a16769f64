// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/scheduling/peer_table.hpp"
#include "troupe/scheduling/random_source.hpp"

#include <cstdint>
#include <list>
#include <vector>

namespace troupe {

/// The engines that know the same functions.
struct engine_kind {
  std::vector<function_id> functions; // sorted
  placement places;
  std::vector<engine_record*> seats;
};

/// Whether an engine can run a function.
bool knows(const engine_record& engine, function_id function);

/// Whether an engine has slots for `x` that no other task has taken.
/// @pre it has them at all
bool has_slots(const engine_record& engine, const task& x);

using engine_kinds = std::vector<engine_kind*>;

/// The joined engines, and who of them gets the next task.
///
/// Engines with equal functions are one kind. Usually there is one, so that
/// nothing is looked up per task.
class engine_pool {
public:
  /// @param seed for schemes that draw.
  /// @param engine_bytes is the most argument bytes outstanding per engine.
  engine_pool(const placement_scheme& scheme, std::uint64_t seed,
              std::uint64_t engine_bytes)
    : scheme_(&scheme), random_(seed), engine_bytes_(engine_bytes) {
    // nop
  }

  /// Gives an engine a place. Returns whether it is the first of its kind.
  bool join(engine_record& x);

  /// Takes an engine's place away. Returns whether it was the last of its
  /// kind.
  bool leave(engine_record& x);

  /// Whether there is any engine.
  bool staffed() const noexcept {
    return !kinds_.empty();
  }

  /// Returns the kinds that know a function.
  engine_kinds knowing(function_id function);

  /// Returns the engine that the scheme picks for `x` among eligible engines
  /// of `kinds` with room for its arguments, or null.
  /// @param avoid is taken only if it is the only engine there is, and null
  ///              if there is no such engine
  engine_record* place(const engine_kinds& kinds, const task& x,
                       engine_record* avoid = nullptr);

  /// Returns the engine that the scheme picks for `x` among those of `xs` that
  /// are eligible and have room and slots, or null. All of them have what it
  /// needs.
  /// @param avoid is taken only if no other engine of `xs` is there
  engine_record* place_among(const std::vector<engine_record*>& xs,
                             const task& x, engine_id avoid);

  /// Whether no engine of these kinds is eligible.
  static bool full(const engine_kinds& kinds) noexcept;

  /// Hands a task to an engine and counts it there.
  /// @param waiting is how many tasks are left for all engines.
  void assign(task& x, engine_record& engine,
              std::size_t waiting = placement::plenty);

  /// The same if the engine knows the function and has room.
  bool assign_if_room(task& x, engine_record& engine);

  /// Counts a task less for its engine.
  void finish(task& x);

private:
  engine_kind& kind_of(const std::vector<function_id>& functions);

  /// Returns the engine that the scheme picks, or null.
  engine_record* pick(const engine_kinds& kinds);

  engine_record* draw_candidate();

  static engine_record* best(const engine_kinds& kinds);

  engine_record* draw(const engine_kinds& kinds);

  bool has_room(const engine_record& engine, const task& x) const;

  const placement_scheme* scheme_;
  random_source random_;
  std::uint64_t engine_bytes_;
  pick_order order_;
  std::list<engine_kind> kinds_;
  std::vector<engine_record*> suspended_;
  std::vector<engine_record*> candidates_;
};

} // namespace troupe
