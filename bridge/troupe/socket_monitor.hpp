// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/multipart.hpp"
#include "troupe/zmq_socket.hpp"

#include <caf/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace troupe {

/// Turns ZeroMQ's events of one socket into ours. Inproc connections have none.
class socket_monitor {
public:
  using kind = socket_event::kind;

  /// Starts monitoring `socket`, which has no endpoints yet.
  static caf::expected<std::unique_ptr<socket_monitor>>
  make(void* context, const zmq_socket& socket);

  /// @pre The monitored socket is still open: without a reader, the next event
  ///      would block ZeroMQ's I/O thread.
  ~socket_monitor();

  socket_monitor(const socket_monitor&) = delete;
  socket_monitor& operator=(const socket_monitor&) = delete;

  int descriptor() const noexcept;

  /// Takes all events off ZeroMQ's socket.
  void update();

  /// Takes what happened since the last call: each kind once, in the order of
  /// the last time.
  std::vector<kind> take() noexcept {
    return std::exchange(events_, {});
  }

private:
  socket_monitor(void* monitored, void* handle) noexcept
    : monitored_(monitored), handle_(handle) {
    // nop
  }

  void note(std::uint16_t event);

  void* monitored_;
  void* handle_;
  std::vector<kind> events_;
  std::size_t refused_ = 0; // connections that are about to end unconnected
};

} // namespace troupe
