// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/expected.hpp>

#include <memory>
#include <mutex>

namespace troupe {

class farewells;
class zap_handler;

/// A ZeroMQ context: sockets of one context reach each other over inproc, and
/// its I/O threads serve all of them. Ends with its last reference, which then
/// waits for what still lingers. Thread-safe.
class socket_context {
public:
  /// Makes a context. One that the operating system refused opens no sockets.
  static std::shared_ptr<socket_context> make(int io_threads = 1,
                                              int max_sockets = 16384);

  explicit socket_context(void* handle);

  ~socket_context();

  socket_context(const socket_context&) = delete;

  socket_context& operator=(const socket_context&) = delete;

  /// ZeroMQ's own handle, or null.
  void* handle() const noexcept {
    return handle_;
  }

  /// Who decides which peers may enter, for all sockets of the context. Starts
  /// with the first call, and ends with the context.
  caf::expected<zap_handler*> zap();

  /// Connections of closed sockets that somebody still reads from.
  farewells& parting() noexcept {
    return *parting_;
  }

private:
  std::unique_ptr<farewells> parting_; // outlives the handle
  void* handle_;
  std::mutex mtx_;
  std::unique_ptr<zap_handler> zap_;
};

} // namespace troupe
