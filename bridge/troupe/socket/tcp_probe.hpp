// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace troupe {

/// Ends a tcp connection at once. One that ends in good order would keep its
/// port for another minute, and deliver what the other side still sends.
void cut_connection(int fd) noexcept;

/// Looks at tcp connections that belong to ZeroMQ, which may close them at any
/// time: a descriptor that means another file by now is left alone.
class tcp_probe {
public:
  static caf::expected<std::unique_ptr<tcp_probe>> make();

  ~tcp_probe();

  tcp_probe(const tcp_probe&) = delete;

  tcp_probe& operator=(const tcp_probe&) = delete;

  /// @returns whether `fd` is a tcp connection.
  bool began(int fd);

  void ended(int fd);

  /// Bytes since a connection began.
  struct traffic {
    std::uint64_t taken = 0;     // off it, by ZeroMQ
    std::uint64_t confirmed = 0; // that the peer says it got
  };

  /// Calls `f(fd, traffic)` for each connection.
  template <class F>
  void count(F f) {
    for (auto& [fd, cookie] : connections_)
      if (auto found = look(fd, cookie))
        f(fd, *found);
  }

  /// Cuts a connection, also if no more files can be opened.
  /// @returns the address of the peer, empty if it is gone.
  std::string cut(int fd);

  // -- sleep ------------------------------------------------------------------

  /// Readable as soon as bytes come over any connection after `arm`.
  int descriptor() const noexcept {
    return epoll_;
  }

  void arm() noexcept;

  /// Makes `descriptor` unreadable again.
  void disarm() noexcept;

private:
  using cookie_type = std::uint64_t; // the kernel's own name of a connection

  tcp_probe(int epoll, int spare) noexcept : epoll_(epoll), spare_(spare) {
    // nop
  }

  static std::optional<traffic> look(int fd, cookie_type cookie);

  int epoll_;
  int spare_; // means `epoll_`, too, unless a connection is being cut
  std::map<int, cookie_type> connections_;
};

} // namespace troupe
