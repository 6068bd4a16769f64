// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/socket/intake.hpp"
#include "troupe/socket/tcp_probe.hpp"
#include "troupe/socket_spec.hpp"

#include <caf/expected.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace troupe {

/// Bounds what one peer of a socket keeps in our memory with a message that it
/// does not end: cuts the connection. For tcp; belongs to one thread.
class intake_watch {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Whether strangers may come to such a socket over tcp, and send it
  /// messages.
  static bool suits(const socket_spec& spec);

  static caf::expected<std::unique_ptr<intake_watch>>
  make(const socket_spec& spec);

  explicit intake_watch(const socket_spec& spec,
                        std::unique_ptr<tcp_probe> probe);

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

  /// When to call `sample` and `judge`; never while no bytes come.
  time_point deadline() const noexcept {
    return deadline_;
  }

  // -- work -------------------------------------------------------------------

  /// Whether `delivered` has to be called for each message.
  bool curious() const noexcept {
    return intake_.curious();
  }

  /// A message came over this connection.
  void delivered(int fd) noexcept {
    intake_.delivered(fd);
  }

  /// Counts bytes if it is time to. Call it before receiving messages.
  void sample(time_point now);

  /// There are no more messages to receive. @returns the addresses of peers
  /// whose connections were cut.
  std::vector<std::string> judge(time_point now);

private:
  std::unique_ptr<tcp_probe> probe_;
  intake intake_;
  bool sampled_ = false;
  time_point deadline_ = time_point::max();
};

} // namespace troupe
