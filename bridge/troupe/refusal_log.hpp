// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/error.hpp"
#include "troupe/multipart.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace troupe {

/// Makes events, `socket_event::refused`, of refused messages: the first one of
/// each peer and reason at once, then at most one per `period`, which counts
/// the messages since the last one in `value`. Bounded however many peers and
/// messages there are. Knows neither actors nor clocks.
class refusal_log {
public:
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::seconds period{1};

  /// Most peers and reasons within a `period`. Those beyond share one event per
  /// reason, which names no peer.
  static constexpr std::size_t max_entries = 64;

  /// Notes a message that was refused by the socket `tag`.
  /// @returns the event to send now, if any. Calls `explain` for its text, and
  /// not otherwise.
  std::optional<socket_event> note(std::uint32_t tag, const routing_id& peer,
                                   ec reason, time_point now,
                                   const std::function<std::string()>& explain);

  /// Returns what became due: counts of messages that made no event. `text` is
  /// about an earlier one of them.
  std::vector<socket_event> take(time_point now);

  /// When to call `take`, or `time_point::max()` if all is told.
  time_point deadline() const noexcept;

private:
  struct entry {
    socket_event event; // `value` counts what is not told yet
    time_point next{};  // when it may be told
  };

  /// Forgets entries with nothing to tell.
  void forget_old(time_point now);

  /// @returns null if there is none.
  entry* find(std::uint32_t tag, const routing_id& peer, ec reason) noexcept;

  entry& find_or_add(std::uint32_t tag, const routing_id& peer, ec reason,
                     time_point now);

  std::vector<entry> entries_;
};

} // namespace troupe
