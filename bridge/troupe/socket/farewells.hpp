// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace troupe {

/// The kernel's own name of a socket, or 0 if `fd` is none. Descriptors are
/// used again, names are not.
std::uint64_t kernel_name_of(int fd) noexcept;

/// Keeps ipc connections open that ZeroMQ is done with, until the other side
/// has read what is on its way. ZeroMQ 4.3.4 reads no further when a connection
/// over a unix socket ends while its own queue is full; it does over tcp, where
/// the end comes behind the bytes. Thread-safe.
class farewells {
public:
  using time_point = std::chrono::steady_clock::time_point;

  farewells() = default;

  farewells(const farewells&) = delete;

  farewells& operator=(const farewells&) = delete;

  /// Waits until nothing is left.
  ~farewells();

  /// Keeps the connection `fd`, which ZeroMQ closes sooner or later, open until
  /// all of it was read, but not beyond `limit`. Does nothing if `fd` is not
  /// the unix socket `name`, or if there is no descriptor to spare.
  void keep(int fd, std::uint64_t name, time_point limit);

  /// Lets go of connections that nothing keeps any more.
  void review(time_point now);

  /// Whether some are left.
  bool pending() const noexcept {
    return pending_.load(std::memory_order_relaxed);
  }

  /// How long to wait before the next `review` while some are left.
  static constexpr auto pause = std::chrono::milliseconds{5};

private:
  struct entry {
    int original = -1; // ZeroMQ's, until it closes it
    int copy = -1;     // ours
    std::uint64_t name = 0;
    time_point limit;
  };

  static bool over(const entry& x, time_point now) noexcept;

  std::mutex mtx_;
  std::vector<entry> entries_;
  std::atomic<bool> pending_{false};
};

} // namespace troupe
