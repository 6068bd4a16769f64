// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/link/message_bundle.hpp"
#include "troupe/multipart.hpp"
#include "troupe/socket/held_messages.hpp"

#include <caf/mailbox_element.hpp>

#include <atomic>
#include <cstddef>
#include <mutex>
#include <optional>
#include <vector>

namespace troupe {

/// Where other threads leave messages for a socket, beside its mailbox: taking
/// them out of there costs the pump more than sending them. Has no bound, like
/// a mailbox: the pump empties it at each turn, and what it cannot send counts
/// against the bounds of the socket. All members are thread-safe.
class inbox {
public:
  /// @param rules What is bundled here, by the thread that sends it: memory
  ///              is freed where it was allocated, and the pump handles
  ///              hundreds of small messages at once.
  explicit inbox(std::optional<bundle_rules> rules) : rules_(rules) {
    // nop
  }

  /// Takes the messages in `x`, if it is an `outgoing` or a `multipart` that
  /// nobody waits for an answer to.
  /// @returns whether it did; `first` tells then whether the inbox was empty.
  bool take(caf::mailbox_element& x, bool& first);

  /// Messages that are there.
  std::size_t pending() const noexcept {
    return pending_.load(std::memory_order_acquire);
  }

  /// Whether more messages make fewer wire messages, if the pump waits.
  bool gathers() const noexcept {
    return rules_.has_value();
  }

  /// Swaps all messages with `into`, which is empty.
  void drain(std::vector<sendable>& into);

private:
  /// Whether `x` may be part of a bundle.
  bool small(const multipart& x) const noexcept {
    return rules_ && rules_->allow(x);
  }

  // With the mutex held:

  /// @pre `small(x)`
  void bundle(const multipart& x);

  /// Counts messages that were added.
  /// @returns whether they are the first ones.
  bool note(std::size_t messages) noexcept;

  const std::optional<bundle_rules> rules_;
  std::atomic<std::size_t> pending_{0};
  std::mutex mtx_;
  std::vector<sendable> content_;
  arena_pool pool_;
};

} // namespace troupe
