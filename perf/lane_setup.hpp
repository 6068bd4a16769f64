// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/compete.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace troupe::perf {

/// How small and large messages share two processes.
struct lane_setup {
  std::string transport;

  /// `shared`: one I/O thread for all sockets, `own`: one for large messages,
  /// `nice`: that one, at a lower priority and with small socket buffers,
  /// `lanes`: as `nice`, but made by lanes.
  std::string lane;

  /// Large messages: number, and bytes of each.
  std::size_t count = 0;
  std::size_t size = 0;

  int io_threads() const noexcept {
    return lane == "shared" ? 1 : 2;
  }

  /// Mask of the I/O threads for small and for large messages.
  std::size_t small_affinity() const noexcept {
    return lane == "shared" ? 0 : 1;
  }

  std::size_t bulk_affinity() const noexcept {
    return lane == "shared" ? 0 : 2;
  }

  /// Bytes in the operating system's buffers of large messages, each way; -1 =
  /// its own choice.
  int bulk_buffer() const noexcept {
    return lane == "nice" ? 128 << 10 : -1;
  }
};

/// Lowers the priority of the second I/O thread of this process, if the setup
/// wants that. ZeroMQ names its threads.
void be_nice(const lane_setup& setup);

/// How a partner is told the setup: four words.
std::vector<std::string> to_words(const lane_setup& setup);

lane_setup to_lane_setup(const std::vector<std::string>& words,
                         std::size_t first);

/// Puts the figures of a run together, from times in seconds.
measurement to_interference(const std::vector<double>& idle,
                            const std::vector<double>& loaded,
                            double bulk_seconds);

/// Round trips without load, and bytes per small message.
constexpr std::size_t idle_round_trips = 2000;
constexpr std::size_t small_size = 32;

} // namespace troupe::perf
