// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>

namespace troupe {

/// Decides whether it pays to look again for a moment before a thread sleeps:
/// yes as long as something comes meanwhile more often than not. After a series
/// of failures it pays to try only now and then.
class spin_control {
public:
  /// Sleeps between two tries when nothing came lately: so many that one in
  /// vain is not among the slowest hundredth.
  static constexpr std::uint32_t rest = 256;

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
