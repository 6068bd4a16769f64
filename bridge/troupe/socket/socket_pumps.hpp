// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/bridge.hpp"
#include "troupe/socket/socket_pump.hpp"

#include <memory>
#include <vector>

namespace troupe {

/// All pumps of a bridge. Thread-safe.
class socket_pumps {
public:
  socket_pumps(caf::actor_system& sys, const bridge_config& cfg);

  /// The pump for a new socket: the one that `spec` names, else the one with
  /// the fewest sockets. Fails with `ec::bad_config`, or with `ec::closed` once
  /// `stop` was called.
  caf::expected<std::shared_ptr<socket_pump>> choose(const socket_spec& spec);

  /// Closes all sockets, in bounded time, and joins the threads.
  void stop();

  /// Whether `stop` was called.
  bool stopping() const noexcept {
    return pumps_.front()->stopping();
  }

  /// The way in for guests of the first pump.
  caf::execution_unit& entrance() const noexcept {
    return pumps_.front()->entrance();
  }

  socket_counters counters();

  std::uint64_t wakeups() const noexcept;

private:
  std::vector<std::shared_ptr<socket_pump>> pumps_; // at least one
};

} // namespace troupe
