// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace troupe::perf {

/// The raw twin of controller and engines, as ZeroMQ's guide has it: a device
/// process, `zmq_proxy` between a ROUTER and a DEALER, and echo worker
/// processes behind it, one message per task.
class raw_device {
public:
  /// Starts device and workers, and waits until the device listens. Throws
  /// `std::runtime_error`.
  /// @param transport `ipc` or `tcp`.
  raw_device(std::size_t workers, const std::string& transport);

  /// Ends all processes and waits until they are gone.
  ~raw_device();

  raw_device(const raw_device&) = delete;
  raw_device& operator=(const raw_device&) = delete;

  /// Where clients connect their DEALER.
  const std::string& endpoint() const noexcept {
    return front_;
  }

private:
  void start_device(const std::string& front, const std::string& back);

  void start(std::vector<std::string> arguments, int stdout_fd);

  /// Reads what the device prints when it listens.
  void read_endpoints(int fd);

  void stop() noexcept;

  std::string front_;
  std::string back_;
  std::vector<pid_t> children_;
};

/// If this process was started by a `raw_device`: plays the device or a
/// worker, until it is killed. Otherwise returns nothing.
std::optional<int> play_raw_role(int argc, char** argv);

} // namespace troupe::perf
