// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/multipart.hpp"

#include <caf/mailbox_element.hpp>

#include <atomic>
#include <mutex>
#include <vector>

namespace troupe {

/// Where other threads leave messages for a socket, beside its mailbox: taking
/// them out of there costs the pump more than sending them. Has no bound, like
/// a mailbox: the pump empties it at each turn, and what it cannot send counts
/// against the bounds of the socket. All members are thread-safe.
class inbox {
public:
  /// Moves the messages out of `x`, if it is an `outgoing` or a `multipart`
  /// that nobody waits for an answer to.
  /// @returns whether it did; `first` tells then whether the inbox was empty.
  bool take(caf::mailbox_element& x, bool& first);

  /// Whether there are messages.
  bool pending() const noexcept {
    return pending_.load(std::memory_order_acquire);
  }

  /// Swaps all messages with `into`, which is empty.
  void drain(std::vector<multipart>& into);

private:
  std::atomic<bool> pending_{false};
  std::mutex mtx_;
  std::vector<multipart> messages_;
};

} // namespace troupe
