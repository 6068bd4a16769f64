// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/link/link_header.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace troupe {

/// The amount of messages that may be on their way to one owner.
struct credit_amount {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;

  friend bool operator==(const credit_amount&, const credit_amount&) = default;
};

/// What a writer may send before it heard anything: enough for a first round
/// trip.
inline constexpr credit_amount initial_credit{1024, std::uint64_t{1} << 20};

/// The writer's side of credit: how much it may send to one peer. Sums only
/// grow, so that a grant that is lost, repeated or late does no harm.
class credit_window {
public:
  /// @pre `epoch != 0`
  explicit credit_window(std::uint32_t epoch) noexcept : epoch_(epoch) {
    // nop
  }

  std::uint32_t epoch() const noexcept {
    return epoch_;
  }

  /// Whether one more message may leave, of whatever size: a message that is
  /// larger than the window must not wait for ever.
  bool open() const noexcept {
    return sent_.messages < granted_.messages && sent_.bytes < granted_.bytes;
  }

  /// Whether so much may leave without asking again.
  bool open_for(credit_amount x) const noexcept {
    auto rest = left();
    return x.messages <= rest.messages && x.bytes <= rest.bytes;
  }

  /// Counts what leaves.
  /// @pre `open()` and one message, or `open_for(x)`
  void sent(credit_amount x) noexcept {
    sent_.messages += x.messages;
    sent_.bytes += x.bytes;
  }

  /// Takes note of a grant. Those of other epochs mean nothing.
  void granted(const credit_grant& x) noexcept;

  /// Starts again from nothing: the peer is a new one, or forgot everything.
  void restart(std::uint32_t epoch) noexcept {
    *this = credit_window{epoch};
  }

  /// What may still leave.
  credit_amount left() const noexcept;

private:
  std::uint32_t epoch_;
  credit_amount sent_{};
  credit_amount granted_ = initial_credit;
};

/// The reader's side of credit: what it lets one peer send. It grants the
/// window at first contact, and again when the owner has handled half of it.
class credit_account {
public:
  /// @param window Most messages and bytes on their way to the owner, at least
  ///               `initial_credit`.
  explicit credit_account(credit_amount window) noexcept;

  /// Notes that a message of `epoch` came. An epoch that was not seen before
  /// starts the count again.
  /// @returns whether it is the current epoch, not an old one.
  bool arrived(std::uint32_t epoch) noexcept;

  /// Counts what the owner has handled, or nobody ever will.
  void handled(std::uint32_t epoch, credit_amount what) noexcept;

  /// Whether the peer should hear of its credit soon.
  bool due() const noexcept;

  /// Whether there is anything that the peer does not know.
  bool news() const noexcept;

  /// Returns the grant to send now, or none if no message came so far.
  credit_grant take() noexcept;

  std::uint32_t epoch() const noexcept {
    return epoch_;
  }

private:
  credit_amount next() const noexcept;

  credit_amount window_;
  credit_amount handled_{};
  credit_amount granted_ = initial_credit;
  std::uint32_t epoch_ = 0;
  bool greeted_ = false; // the peer knows the window
  // What is left of an old connection may arrive beside the new one.
  std::array<std::uint32_t, 4> old_epochs_{};
  std::size_t oldest_ = 0;
};

} // namespace troupe
