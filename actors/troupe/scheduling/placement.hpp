// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace troupe {

/// How the load-balanced scheduler picks an engine, in ipyparallel's words.
enum class placement_scheme : std::uint8_t {
  /// The engine with the fewest outstanding tasks, the one that was picked
  /// longest ago among equals.
  leastload,
  /// The engine that was picked longest ago, whatever its load.
  lru,
};

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
/// not eligible.
///
/// A tournament: each engine has a seat, each match above knows the better of
/// two, the winner is at the top. Looking costs O(1), any change O(log n), and
/// nothing but `add` allocates.
class placement {
public:
  /// Names an engine here. Seats of removed engines are given away again.
  using seat = std::uint32_t;

  /// Who is better: fewer tasks (not with `lru`), then picked longer ago.
  struct rank {
    std::uint32_t load;
    std::int64_t turn;

    friend auto operator<=>(const rank&, const rank&) = default;
  };

  /// @param order is shared with placements that `best_rank` compares.
  placement(placement_scheme scheme, pick_order& order)
    : scheme_(scheme), order_(&order) {
    // nop
  }

  /// Adds an idle engine at the head: it is better than all with its load.
  seat add(std::uint32_t hwm);

  void remove(seat x);

  /// Stands for "no engine".
  static constexpr auto nobody = seat{0xFFFFFFFF};

  /// Returns the best eligible engine, or `nobody`.
  seat best() const noexcept {
    return winners_[1];
  }

  /// Returns the rank of the best eligible engine.
  /// @pre `best() != nobody`
  rank best_rank() const noexcept {
    return rank_of(best());
  }

  /// Counts one more task for an engine, which is now the last in turn.
  void pick(seat x);

  /// Counts `tasks` less for an engine. Its turn does not change.
  void finish(seat x, std::uint32_t tasks);

  /// Changes the hwm of an engine.
  void limit(seat x, std::uint32_t hwm);

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
    std::uint32_t hwm = 0;
    bool suspended = false;
  };

  rank rank_of(seat x) const noexcept;

  seat better(seat x, seat y) const noexcept;

  void update(seat x);

  void grow();

  placement_scheme scheme_;
  pick_order* order_;
  std::vector<engine> engines_;
  std::vector<seat> free_;
  std::vector<seat> winners_{nobody,
                             nobody}; // a heap-shaped tree, the root at 1
};

} // namespace troupe
