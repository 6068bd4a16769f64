// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>

/// Counts in one node of a tree how many nodes below have got each message.
class receipts {
public:
  /// Messages that may be open. Beyond, the oldest is given up: a receipt was
  /// lost, or nobody asks any more.
  static constexpr std::size_t max_open = 1000;

  explicit receipts(std::size_t children = 0) : children_(children) {
    // nop
  }

  /// Notes that message `number` went to all children.
  /// @returns 1, if there are no children.
  std::optional<std::uint64_t> start(std::uint64_t number);

  /// Notes that `nodes` in the tree of one child have message `number`.
  /// @returns how many nodes have it, this one included, if all children
  ///          confirmed it.
  std::optional<std::uint64_t> confirm(std::size_t child, std::uint64_t number,
                                       std::uint64_t nodes);

private:
  struct message {
    std::set<std::size_t> confirmed{};
    std::uint64_t nodes = 1;
  };

  std::size_t children_;
  std::map<std::uint64_t, message> open_;
};
