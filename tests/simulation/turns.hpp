// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace troupe::simulation {

/// Watches how clients share what tasks of one sort can run on: while a client
/// waits, no other one gets more than one task ahead of it.
class turn_watch {
public:
  static constexpr std::uint32_t most_ahead = 1;

  void wait(std::uint32_t client);

  /// Counts a task less that waits.
  void leave(std::uint32_t client);

  /// Notes that a task which waited was handed out.
  void serve(std::uint32_t client) {
    ++served_[client];
  }

  /// Returns whether nobody is too far ahead.
  /// @param all counts the tasks of each client that were handed out, of this
  ///            sort and others that it shares its turns with
  bool end_round(const std::vector<std::uint32_t>& all);

private:
  /// By how many tasks `x` is ahead of `y`.
  std::uint32_t& ahead(std::size_t x, std::size_t y) {
    return ahead_[y][x];
  }

  std::vector<std::uint32_t> waiting_;
  std::vector<std::uint32_t> served_;
  std::vector<std::vector<std::uint32_t>> ahead_;
};

} // namespace troupe::simulation
