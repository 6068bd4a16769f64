// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

/// Counts in one node of a tree how many nodes below have got each message.
/// Messages are confirmed in order.
class receipts {
public:
  explicit receipts(std::size_t children = 0) : confirmed_(children) {
    // nop
  }

  /// Notes that one more message went to all children.
  /// @returns 1, if there are no children.
  std::optional<std::uint64_t> start();

  /// Notes that `nodes` in the tree of one child have their oldest message.
  /// @returns how many nodes have it, this one included, if all children
  ///          confirmed it.
  std::optional<std::uint64_t> confirm(std::size_t child, std::uint64_t nodes);

private:
  struct message {
    std::size_t missing;
    std::uint64_t nodes = 1;
  };

  std::vector<std::size_t> confirmed_; // messages per child
  std::deque<message> open_;
  std::size_t closed_ = 0;
};
