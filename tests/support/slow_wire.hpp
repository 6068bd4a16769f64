// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace troupe::test {

/// A wire of limited bandwidth: forwards tcp connections to one port of this
/// machine. All connections share the bandwidth fairly; each direction has its
/// own.
class slow_wire {
public:
  /// @param target a ZeroMQ endpoint such as `tcp://127.0.0.1:5555`.
  slow_wire(const std::string& target, std::size_t bytes_per_second);

  slow_wire(const slow_wire&) = delete;
  slow_wire& operator=(const slow_wire&) = delete;

  ~slow_wire();

  /// Where to connect.
  const std::string& endpoint() const noexcept {
    return endpoint_;
  }

private:
  class direction;

  void run();

  void accept_one();

  std::uint16_t target_;
  std::size_t rate_;
  int listener_;
  std::string endpoint_;
  std::vector<int> sockets_;
  std::vector<direction> directions_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

} // namespace troupe::test
