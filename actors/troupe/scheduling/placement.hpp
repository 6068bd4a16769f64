// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/scheduling/load_limit.hpp"
#include "troupe/scheduling/placement_scheme.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace troupe {

/// Numbers the picks, so that several placements agree on who was picked
/// longest ago.
class pick_order {
public:
  /// A place before everybody's: new engines get it.
  std::int64_t head() noexcept {
    return --head_;
  }

  /// A place behind everybody's: an engine gets it when it is picked.
  std::int64_t tail() noexcept {
    return ++tail_;
  }

private:
  std::int64_t head_ = 0;
  std::int64_t tail_ = 0;
};

/// Finds the engine for the next task among engines that are equally able to
/// run it. Engines that have as many tasks outstanding as their hwm allows are
/// not eligible, and become so again when they have few enough (`load_limit`).
///
/// A tree: each engine has a seat at the bottom. If the scheme draws none, each
/// node above knows the better of two engines, and the best one is at the top;
/// else each node knows the sum of the weights below. Looking for the best
/// costs O(1), drawing and any change O(log n), and nothing but `add`
/// allocates.
class placement {
public:
  /// Names an engine here. Seats of removed engines are given away again.
  using seat = std::uint32_t;

  /// Who is better: who costs less, then who was picked longer ago.
  struct rank {
    double cost;
    std::int64_t turn;

    friend auto operator<=>(const rank&, const rank&) = default;
  };

  /// @param order is shared with placements whose ranks are compared.
  placement(const placement_scheme& scheme, pick_order& order)
    : scheme_(&scheme), order_(&order), draws_(scheme.draws() > 0) {
    // nop
  }

  /// Adds an idle engine at the head: it is better than all with its load.
  seat add(load_limit most);

  void remove(seat x);

  /// Stands for "no engine".
  static constexpr auto nobody = seat{0xFFFFFFFF};

  /// Returns the best eligible engine, or `nobody`.
  /// @pre the scheme draws none
  seat best() const noexcept {
    return winners_[1];
  }

  /// Returns the sum of the weights of all eligible engines.
  /// @pre the scheme draws
  double weight() const noexcept {
    return weights_[1];
  }

  /// Returns the eligible engine at `x` if all lie side by side, each as wide
  /// as its weight.
  /// @pre the scheme draws; `x` is at least 0; `weight()` is above 0
  seat at(double x) const noexcept;

  /// Whether an engine may take one more task.
  bool eligible(seat x) const noexcept {
    return !engines_[x].full && !engines_[x].suspended;
  }

  /// Whether any engine may take one more task.
  bool any_eligible() const noexcept {
    return draws_ ? weights_[1] > 0 : winners_[1] != nobody;
  }

  /// Returns the weight of an engine, 0 if it is not eligible.
  /// @pre the scheme draws
  double weight_of(seat x) const noexcept {
    return weights_[weights_.size() / 2 + x];
  }

  /// What the scheme says about an engine.
  rank rank_of(seat x) const noexcept {
    return engines_[x].standing;
  }

  /// Stands for more tasks than all engines may have.
  static constexpr auto plenty = ~std::size_t{0};

  /// Counts one more task for an engine, which is now the last in turn.
  /// @param waiting is how many tasks are left for all engines.
  void pick(seat x, std::size_t waiting = plenty);

  /// Counts `tasks` less for an engine. Its turn does not change.
  void finish(seat x, std::uint32_t tasks);

  /// Changes how many tasks an engine may have.
  void limit(seat x, load_limit most);

  /// Makes an engine not eligible whatever its load, until `resume`.
  void suspend(seat x);

  void resume(seat x);

  /// Tasks outstanding of an engine.
  std::uint32_t load(seat x) const noexcept {
    return engines_[x].load;
  }

  /// Number of engines.
  std::size_t size() const noexcept {
    return engines_.size() - free_.size();
  }

private:
  struct engine {
    std::int64_t turn = 0;
    std::uint32_t load = 0;
    load_limit most;
    /// Whether it has reached its hwm, and not come down to `refill` since.
    bool full = true;
    bool suspended = false;
    rank standing{};
  };

  seat better(seat x, seat y) const noexcept;

  void update(seat x);

  static void look_at_load(engine& x) noexcept;

  /// Carries a change of the weight of a seat to the top.
  void update_weights(seat x, double weight);

  /// Plays the matches above a seat again.
  void update_winners(seat x, bool eligible);

  void grow();

  const placement_scheme* scheme_;
  pick_order* order_;
  bool draws_;
  std::vector<engine> engines_;
  std::vector<seat> free_;
  // Heap-shaped trees with the root at 1. One of them is in use.
  std::vector<seat> winners_{nobody, nobody};
  std::vector<double> weights_{0, 0};
};

} // namespace troupe
