// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace troupe {

/// Says which tasks of a batch are still to run: one thread claims them from
/// the front, others take them back from the end. Thread-safe, without a lock.
class batch_cursor {
public:
  /// @param size is the number of tasks.
  explicit batch_cursor(std::uint32_t size) noexcept : range_{size} {
    // nop
  }

  /// Claims the next task.
  /// @returns whether there was one.
  bool claim() noexcept {
    auto x = range_.load();
    while (begin_of(x) < end_of(x))
      if (range_.compare_exchange_weak(x, x + one))
        return true;
    return false;
  }

  /// Takes up to `most` tasks off the end.
  /// @returns how many.
  std::uint32_t take_back(std::uint32_t most) noexcept {
    auto x = range_.load();
    auto result = std::uint32_t{0};
    do {
      result = std::min(most, end_of(x) - begin_of(x));
    } while (!range_.compare_exchange_weak(x, x - result));
    return result;
  }

  /// Where the tasks end that run.
  std::uint32_t end() const noexcept {
    return end_of(range_.load());
  }

  /// Tasks that nobody claimed or took back.
  std::uint32_t left() const noexcept {
    auto x = range_.load();
    return end_of(x) - begin_of(x);
  }

private:
  static constexpr auto one = std::uint64_t{1} << 32;

  static std::uint32_t begin_of(std::uint64_t x) noexcept {
    return static_cast<std::uint32_t>(x >> 32);
  }

  static std::uint32_t end_of(std::uint64_t x) noexcept {
    return static_cast<std::uint32_t>(x);
  }

  /// The first one that nobody claimed in the upper half, the end in the lower.
  std::atomic<std::uint64_t> range_;
};

} // namespace troupe
