// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/buffer.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace troupe::perf {

/// A plain ZeroMQ program with workers of its own: a ROUTER that knows each of
/// them, and processes with a DEALER that answer each message with its digest.
class raw_fan {
public:
  /// Starts all processes, and returns when each of them has answered a first
  /// message. Throws `std::runtime_error`.
  /// @param transport `ipc` or `tcp`.
  raw_fan(std::size_t workers, const std::string& transport);

  ~raw_fan();

  raw_fan(const raw_fan&) = delete;
  raw_fan& operator=(const raw_fan&) = delete;

  /// Seconds from the constructor's begin to the first answer, and to the
  /// first answer of the last worker.
  double first_answer() const noexcept;
  double all_answered() const noexcept;

  /// Sends payloads to all workers by reference: `batch` of them before it
  /// waits for all answers, and so on. Throws `std::runtime_error` unless each
  /// worker gives one right answer to each payload.
  void run(const std::vector<buffer>& payloads, std::size_t batch);

private:
  struct impl;

  std::unique_ptr<impl> pimpl_;
};

/// The role of a worker: `endpoint` is where the ROUTER listens.
int run_fan_worker(const char* endpoint);

} // namespace troupe::perf
