// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

namespace troupe {

/// Peers that went are heard to the end before anything is done about that they
/// went: what they sent may lie unread behind what others sent. Knows how long
/// to wait. Knows neither sockets nor actors.
class last_words {
public:
  /// Some peer went, who knows when. One that goes while others are waited for
  /// does not prolong that: the socket is in all likelihood empty before.
  /// @param taken messages that were taken off the socket so far.
  /// @param most messages that may lie there now.
  void begin(std::uint64_t taken, std::uint64_t most) noexcept {
    if (!std::exchange(waiting_, true))
      end_ = taken + std::min(most, ~taken);
  }

  /// Takes note of what was read.
  /// @param silent whether the socket was empty then, or nobody will read on.
  /// @returns whether the wait ended just now.
  bool heard(std::uint64_t taken, bool silent) noexcept {
    late_ = waiting_ && !silent && taken >= end_;
    return (silent || late_) && std::exchange(waiting_, false);
  }

  /// Whether something is to be read before.
  bool waiting() const noexcept {
    return waiting_;
  }

  /// Whether the wait ended just now although there is more to read.
  bool late() const noexcept {
    return late_;
  }

private:
  bool waiting_ = false;
  bool late_ = false;
  std::uint64_t end_ = 0;
};

} // namespace troupe
