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
  /// nobody waits for an answer to. Throws if memory runs out; what was taken
  /// by then stays.
  /// @param first becomes whether messages were taken and the inbox was empty
  ///              before, so that the pump has to be told.
  /// @returns whether it took all of `x`.
  bool take(caf::mailbox_element& x, bool& first);

  /// Messages that are there. Sequentially consistent, so that the pump misses
  /// none that came while it was about to sleep.
  std::size_t pending() const noexcept {
    return pending_.load();
  }

  /// Whether more messages make fewer wire messages, if the pump waits.
  bool gathers() const noexcept {
    return rules_.has_value();
  }

  /// Moves all messages to `into`. What was in there goes; its memory stays.
  void drain(std::vector<sendable>& into);

private:
  class tally;

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
