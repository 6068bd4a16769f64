// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/client.hpp"
#include "troupe/process/descriptor.hpp"

#include <cstddef>
#include <optional>
#include <string>

namespace troupe::perf {

/// Stops all engines of a cluster, each with a task that waits for a lock, so
/// that tasks behind them queue up. Opens at the latest with its end, or that
/// of this process.
class engine_gate {
public:
  /// The engines must be idle: then each of them gets one of the tasks. Throws
  /// `std::runtime_error`.
  engine_gate(const client& session, std::size_t engines);

  ~engine_gate();

  engine_gate(const engine_gate&) = delete;
  engine_gate& operator=(const engine_gate&) = delete;

  /// Waits until the controller holds `count` tasks of all clients, those of
  /// the gate aside. Throws `std::runtime_error` after half a minute.
  void await_queue(std::size_t count) const;

  /// Lets the engines go on.
  void open();

private:
  client session_;
  std::size_t engines_;
  std::string path_;
  descriptor file_;
  std::optional<map_result<void>> tasks_;
};

} // namespace troupe::perf
