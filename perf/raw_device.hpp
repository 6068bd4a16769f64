// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "raw_processes.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <sys/types.h>

namespace troupe::perf {

/// The raw twin of controller and engines, as ZeroMQ's guide has it: a device
/// process, `zmq_proxy` between a ROUTER and a DEALER, and echo worker
/// processes behind it, one message per task. Ends all of them with itself.
class raw_device {
public:
  /// Starts device and workers, and waits until the device listens. Throws
  /// `std::runtime_error`.
  /// @param transport `ipc` or `tcp`.
  raw_device(std::size_t workers, const std::string& transport);

  /// Where clients connect their DEALER.
  const std::string& endpoint() const noexcept {
    return front_;
  }

  pid_t device_pid() const noexcept {
    return processes_.pids().front();
  }

  std::span<const pid_t> worker_pids() const noexcept {
    return std::span{processes_.pids()}.subspan(1);
  }

private:
  raw_processes processes_;
  std::string front_;
};

/// If this process is one of the `raw_processes`: plays its role until it is
/// killed. Otherwise returns nothing.
std::optional<int> play_raw_role(int argc, char** argv);

} // namespace troupe::perf
