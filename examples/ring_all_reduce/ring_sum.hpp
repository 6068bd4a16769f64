// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <troupe/buffer.hpp>
#include <troupe/error.hpp>

#include <caf/expected.hpp>

#include <cstddef>
#include <optional>
#include <vector>

/// The part of one node in adding up arrays around a ring: each is cut into as
/// many chunks as there are nodes. In the first round, a chunk passes all nodes
/// and grows by what each of them has; in the second, the sums go round. Each
/// link carries less than twice the array, however many nodes there are.
class ring_sum {
public:
  void place(std::size_t rank, std::size_t nodes) noexcept;

  /// Starts with the array of this node.
  /// @returns what goes to the right first.
  /// @pre `done()`
  std::optional<troupe::buffer> start(const troupe::buffer& numbers);

  /// Takes what came from the left.
  /// @returns what goes to the right, if anything; an error if it does not fit.
  /// @pre `!done()`
  caf::expected<std::optional<troupe::buffer>> take(troupe::buffer chunk);

  /// Whether all sums are here.
  bool done() const noexcept {
    return steps_ == 0;
  }

  /// Gives up, until the next start.
  void stop() noexcept {
    steps_ = 0;
  }

  /// The sums. Shares the memory of what arrived.
  const std::vector<troupe::buffer>& chunks() const noexcept {
    return chunks_;
  }

private:
  std::size_t rank_ = 0;
  std::size_t nodes_ = 1;
  std::size_t steps_ = 0; // how many chunks still come from the left
  std::vector<troupe::buffer> chunks_;
};
