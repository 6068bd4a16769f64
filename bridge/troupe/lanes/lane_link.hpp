// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/lanes/lane_header.hpp"

#include <chrono>
#include <cstdint>

namespace troupe {

/// The one link of a connecting side. Each attempt has an id and connections of
/// its own, so that nothing of an old attempt can be taken for the new one.
/// Knows neither sockets nor clocks.
class lane_link {
public:
  using time_point = std::chrono::steady_clock::time_point;

  struct limits {
    /// How long an attempt may take.
    std::chrono::milliseconds join_timeout{5000};

    /// Pause before the next attempt; it doubles from the first to the second.
    std::chrono::milliseconds retry_min{100};
    std::chrono::milliseconds retry_max{5000};

    /// How long the other side may take from its first goodbye to its last.
    std::chrono::milliseconds leave_timeout{6000};
  };

  explicit lane_link(limits bounds) noexcept
    : limits_(bounds), pause_(bounds.retry_min) {
    // nop
  }

  /// Begins an attempt.
  void start(const link_id& link, time_point now) noexcept;

  /// Notes that the listening side answered.
  /// @returns whether the link joined by that; it does so once.
  bool welcome(const link_id& link) noexcept;

  /// Notes that the other side began to say goodbye.
  void leave(time_point now) noexcept;

  /// Ends the attempt, or the link.
  /// @returns whether there was any.
  bool end(time_point now) noexcept;

  bool joined() const noexcept {
    return state_ == state::joined;
  }

  bool joining() const noexcept {
    return state_ == state::joining;
  }

  /// When an attempt or a goodbye takes too long, or the next attempt is due;
  /// `time_point::max()` if never.
  time_point deadline() const noexcept {
    return deadline_;
  }

  const link_id& id() const noexcept {
    return id_;
  }

private:
  enum class state : std::uint8_t { resting, joining, joined };

  limits limits_;
  std::chrono::milliseconds pause_;
  state state_ = state::resting;
  link_id id_{};
  time_point deadline_ = time_point::min();
};

} // namespace troupe
