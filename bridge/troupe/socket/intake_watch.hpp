// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/multipart.hpp"
#include "troupe/socket/intake.hpp"
#include "troupe/socket/tcp_probe.hpp"
#include "troupe/socket_spec.hpp"

#include <caf/expected.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace troupe {

/// Bounds what one peer of a socket keeps in our memory with a message that it
/// does not end, or before it proved who it is: cuts the connection. For tcp;
/// belongs to one thread.
class intake_watch {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Whether strangers may come to such a socket over tcp, and send it
  /// messages.
  static bool suits(const socket_spec& spec);

  static caf::expected<std::unique_ptr<intake_watch>>
  make(const socket_spec& spec);

  intake_watch(const socket_spec& spec, std::unique_ptr<tcp_probe> probe);

  // -- connections ------------------------------------------------------------

  void began(int fd);

  void ended(int fd);

  // -- time -------------------------------------------------------------------

  /// Readable when bytes come after a pause.
  int descriptor() const noexcept {
    return probe_->descriptor();
  }

  /// Notes that the descriptor is readable.
  void wake() noexcept;

  /// When to call `sample` and `judge`; not while no bytes come.
  time_point deadline() const noexcept {
    return deadline_;
  }

  // -- work -------------------------------------------------------------------

  /// Whether `delivered` has to be called for each message.
  bool curious() const noexcept {
    return intake_.curious();
  }

  /// A message came over this connection, or over any if not `curious`. `cut`:
  /// bytes that are missing, if it broke a limit.
  void delivered(int fd, const multipart& message,
                 std::optional<std::size_t> cut) noexcept;

  /// Counts bytes if it is time to. Call it before receiving messages.
  /// @returns whether it did; ZeroMQ has to look for messages then.
  bool sample(time_point now);

  /// A connection that was cut.
  struct offender {
    std::string peer; // its address
    bool proved = true;
  };

  /// Call it after receiving messages. `drained`: there are no more.
  std::vector<offender> judge(time_point now, bool drained);

private:
  /// What came since `sample` began a turn.
  intake::progress progress(bool drained) const noexcept;

  void note_stranger(int fd, const tcp_probe::traffic& x);

  void cut(int fd, bool proved, std::vector<offender>& into);

  std::chrono::milliseconds pause() const noexcept;

  std::unique_ptr<tcp_probe> probe_;
  intake intake_;
  std::set<int> connections_; // those that are not tcp, too
  std::set<int> strangers_;   // tcp connections that proved nothing yet
  std::vector<int> loud_;     // strangers that sent too much
  std::uint64_t proof_;       // more bytes only those get who are in; 0 = all
  bool fair_;
  bool sampled_ = false;
  bool in_turn_ = false;
  std::uint64_t received_ = 0; // in this turn
  time_point deadline_ = time_point::max();
};

} // namespace troupe
