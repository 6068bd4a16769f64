// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>

namespace troupe {

/// Numbers that look random and depend on nothing but the seed: the same on
/// each machine and with each standard library. SplitMix64, see
/// https://prng.di.unimi.it/splitmix64.c.
class random_source {
public:
  explicit random_source(std::uint64_t seed) noexcept : state_(seed) {
    // nop
  }

  /// Any 64 bits.
  std::uint64_t bits() noexcept {
    auto x = state_ += 0x9e3779b97f4a7c15;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
  }

  /// At least 0 and less than 1.
  double fraction() noexcept {
    return static_cast<double>(bits() >> 11) * 0x1p-53;
  }

  /// At least 0 and less than `n`, which is above 0.
  std::uint64_t below(std::uint64_t n) noexcept {
    return bits() % n;
  }

private:
  std::uint64_t state_;
};

} // namespace troupe
