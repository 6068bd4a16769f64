// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket_context.hpp"

#include "troupe/security/zap_handler.hpp"
#include "troupe/socket/farewells.hpp"
#include "troupe/socket/io_threads.hpp"

#include <zmq.h>

#include <cerrno>

namespace troupe {

std::shared_ptr<socket_context> socket_context::make(int io_threads,
                                                     int max_sockets) {
  auto handle = zmq_ctx_new();
  if (handle != nullptr) {
    zmq_ctx_set(handle, ZMQ_IO_THREADS, io_threads);
    zmq_ctx_set(handle, ZMQ_MAX_SOCKETS, max_sockets);
    zmq_ctx_set(handle, ZMQ_BLOCKY, 0);
    // Else received frames lie at odd addresses, and a FlatBuffer must not.
    zmq_ctx_set(handle, 10 /* ZMQ_ZERO_COPY_RECV, a draft */, 0);
    start_io_threads(handle, io_threads);
  }
  return std::make_shared<socket_context>(handle);
}

socket_context::socket_context(void* handle)
  : parting_(std::make_unique<farewells>()), handle_(handle) {
  // nop
}

socket_context::~socket_context() {
  zap_.reset(); // its socket would keep the context from ending
  if (handle_ == nullptr)
    return;
  // Waits for what lingers in ZeroMQ's queues; each socket has its bound.
  while (zmq_ctx_term(handle_) != 0 && errno == EINTR)
    ; // nop
}

caf::expected<zap_handler*> socket_context::zap() {
  std::lock_guard guard{mtx_};
  if (zap_ == nullptr) {
    auto started = zap_handler::start(handle_);
    if (!started)
      return std::move(started.error());
    zap_ = std::move(*started);
  }
  return zap_.get();
}

} // namespace troupe
