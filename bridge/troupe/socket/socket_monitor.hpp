// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/multipart.hpp"
#include "troupe/security/handshake_reader.hpp"
#include "troupe/socket/zmq_socket.hpp"

#include <caf/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace troupe {

/// Turns ZeroMQ's events of one socket into ours. Inproc connections have none.
///
/// Cuts connections of the socket with itself, too: on Linux, a program that
/// retries a free port of its own machine may be given that very port, and then
/// keeps the server from binding it.
class socket_monitor {
public:
  /// Starts monitoring `socket`, which has no endpoints yet.
  static caf::expected<std::unique_ptr<socket_monitor>>
  make(void* context, const zmq_socket& socket, const security_spec& how);

  /// @pre The monitored socket is still open: without a reader, the next event
  ///      would block ZeroMQ's I/O thread.
  ~socket_monitor();

  socket_monitor(const socket_monitor&) = delete;
  socket_monitor& operator=(const socket_monitor&) = delete;

  int descriptor() const noexcept;

  /// Takes all events off ZeroMQ's socket.
  void update();

  /// Takes what happened since the last call. The same thing on the same
  /// endpoint is there once, where it happened last.
  std::vector<socket_event> take() noexcept {
    return std::exchange(events_, {});
  }

  /// A connection began, or ended, if `began` is false.
  struct change {
    int fd = -1;
    bool began = false;
  };

  /// Takes what became of connections since the last call, before and after
  /// their handshakes.
  std::vector<change> take_changes() noexcept {
    return std::exchange(changes_, {});
  }

  /// Counts the connections of `endpoint` as ended; null = all there are. For
  /// ends that we made ourselves, of which ZeroMQ tells nothing.
  void forget(const std::optional<std::string>& endpoint);

  /// The ipc connections there are, with the kernel's names of them.
  const std::map<int, std::uint64_t>& ipc_connections() const noexcept {
    return ipc_connections_;
  }

  /// Whether our credentials were refused since the last call.
  bool take_key_refused() noexcept {
    return std::exchange(key_refused_, false);
  }

  /// Connections that shook hands and did not end.
  std::size_t connections() const noexcept {
    return connections_;
  }

  /// Connections that shook hands so far.
  std::size_t established() const noexcept {
    return established_;
  }

  /// Those that ended since. Tells more than `connections`, which is the same
  /// again if another one came meanwhile.
  std::size_t ended() const noexcept {
    return established_ - connections_;
  }

private:
  socket_monitor(void* monitored, void* handle, const security_spec& how)
    : monitored_(monitored), handle_(handle), reader_(how) {
    // nop
  }

  void note(std::uint16_t event, std::int32_t value, std::string endpoint);

  void note_end(std::string endpoint);

  void note_failure(std::uint16_t event, std::int32_t value,
                    std::string endpoint);

  void push(socket_event event);

  void* monitored_;
  void* handle_;
  handshake_reader reader_;
  std::vector<socket_event> events_;
  std::vector<change> changes_;
  std::map<int, std::uint64_t> ipc_connections_;
  std::unordered_map<std::string, std::size_t> by_endpoint_; // those of:
  std::size_t connections_ = 0;
  std::size_t established_ = 0;
  bool key_refused_ = false;
  std::size_t refused_ = 0;    // connections that are about to end unconnected
  std::size_t met_itself_ = 0; // the same, and their handshake may succeed
};

} // namespace troupe
