// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdint>
#include <sched.h>

namespace troupe {

/// Decides whether it pays to look again for a moment before a thread sleeps:
/// yes as long as something comes meanwhile more often than not. After a series
/// of failures it pays to try only now and then.
class spin_control {
public:
  /// Sleeps between two tries when nothing came lately: so many that one in
  /// vain is not among the slowest hundredth.
  static constexpr std::uint32_t rest = 256;

  /// Lets other threads run and calls `came` in turn until it returns `true`,
  /// for at most `limit`, if that is worthwhile.
  /// @returns what `came` returned last, `false` if it was not called.
  template <class Predicate>
  bool look(std::chrono::microseconds limit, Predicate came) {
    using clock = std::chrono::steady_clock;
    if (limit.count() == 0 || !worthwhile())
      return false;
    // Others that take longer have more to do than to pass messages on.
    auto longest_yield = limit * 2 / 3;
    auto now = clock::now();
    auto end = now + limit;
    auto found = false;
    auto crowded = false;
    do {
      auto before = now;
      sched_yield();
      found = came();
      now = clock::now();
      crowded = now - before > longest_yield;
    } while (!found && !crowded && now < end);
    note(found);
    if (crowded)
      give_up();
    return found;
  }

  /// Whether to look again this time. Call once before each sleep.
  bool worthwhile() noexcept {
    if (score_ > 0 || ++skipped_ == rest) {
      skipped_ = 0;
      return true;
    }
    return false;
  }

  /// Learns whether something came meanwhile.
  void note(bool came) noexcept {
    if (came)
      score_ = score_ + 1 < most ? score_ + 2 : most;
    else if (score_ > 0)
      --score_;
  }

  /// Learns that others need the core: whoever yields to them too often waits
  /// longer than whoever sleeps.
  void give_up() noexcept {
    score_ = 0;
  }

private:
  static constexpr std::uint32_t most = 8;

  std::uint32_t score_ = most;
  std::uint32_t skipped_ = 0;
};

} // namespace troupe
