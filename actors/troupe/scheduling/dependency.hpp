// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>

namespace troupe {

/// A dependency on tasks, in ipyparallel's words: all of them or any, and
/// whether one counts if it succeeds, if it fails, or both. Counts how they
/// ended; knows neither who they are nor where.
class dependency {
public:
  dependency() = default;

  dependency(std::uint32_t count, bool any, bool success, bool failure) noexcept
    : count_(count), any_(any), success_(success), failure_(failure) {
    // nop
  }

  /// Whether one of its tasks counts when it ends like this.
  bool counts(bool succeeded) const noexcept {
    return succeeded ? success_ : failure_;
  }

  /// Takes note of the end of one of its tasks.
  void end(bool good) noexcept {
    ++(good ? good_ : bad_);
  }

  /// Whether it is met. No tasks at all are always enough.
  bool met() const noexcept {
    return count_ == 0 || good_ >= (any_ ? 1 : count_);
  }

  /// Whether it cannot be met any more.
  bool unreachable() const noexcept {
    return count_ > 0 && bad_ >= (any_ ? count_ : 1);
  }

  bool any() const noexcept {
    return any_;
  }

  /// Tasks that have not ended.
  std::uint32_t open() const noexcept {
    return count_ - good_ - bad_;
  }

private:
  std::uint32_t count_ = 0;
  std::uint32_t good_ = 0;
  std::uint32_t bad_ = 0;
  bool any_ = false;
  bool success_ = true;
  bool failure_ = false;
};

} // namespace troupe
