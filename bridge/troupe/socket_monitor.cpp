// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket_monitor.hpp"

#include "troupe/error.hpp"

#include <zmq.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <string>

namespace troupe {

namespace {

constexpr auto failures = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL
                          | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
                          | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;

constexpr auto interesting = failures | ZMQ_EVENT_HANDSHAKE_SUCCEEDED
                             | ZMQ_EVENT_DISCONNECTED;

std::string unique_endpoint() {
  static std::atomic<unsigned> counter{0};
  return "inproc://troupe-monitor-" + std::to_string(counter++);
}

/// Receives the next part of a message into `part`.
bool receive(void* socket, zmq_msg_t& part) {
  return zmq_msg_recv(&part, socket, ZMQ_DONTWAIT) >= 0;
}

} // namespace

caf::expected<std::unique_ptr<socket_monitor>>
socket_monitor::make(void* context, const zmq_socket& socket) {
  auto where = unique_endpoint();
  auto none = 0;
  std::unique_ptr<socket_monitor> result;
  if (zmq_socket_monitor(socket.handle(), where.c_str(), interesting) == 0)
    result.reset(
      new socket_monitor{socket.handle(), ::zmq_socket(context, ZMQ_PAIR)});
  // Without a high-water mark: at the mark, ZeroMQ's I/O thread would wait.
  if (result == nullptr || result->handle_ == nullptr
      || zmq_setsockopt(result->handle_, ZMQ_LINGER, &none, sizeof(none)) != 0
      || zmq_setsockopt(result->handle_, ZMQ_RCVHWM, &none, sizeof(none)) != 0
      || zmq_connect(result->handle_, where.c_str()) != 0)
    return make_error(ec::limit_reached, std::string{"cannot watch a socket: "}
                                           + zmq_strerror(errno));
  return result;
}

socket_monitor::~socket_monitor() {
  zmq_socket_monitor(monitored_, nullptr, 0);
  if (handle_ != nullptr)
    zmq_close(handle_);
}

int socket_monitor::descriptor() const noexcept {
  auto fd = -1;
  auto size = sizeof(fd);
  zmq_getsockopt(handle_, ZMQ_FD, &fd, &size);
  return fd;
}

void socket_monitor::update() {
  zmq_msg_t part;
  zmq_msg_init(&part);
  while (receive(handle_, part)) {
    // First part: the event in 2 bytes, a value in 4; second: the endpoint.
    std::uint16_t event = 0;
    if (zmq_msg_size(&part) >= sizeof(event)) {
      std::memcpy(&event, zmq_msg_data(&part), sizeof(event));
      note(event);
    }
    while (zmq_msg_more(&part) && receive(handle_, part))
      ; // nop
  }
  zmq_msg_close(&part);
}

void socket_monitor::note(std::uint16_t event) {
  auto what = kind::refused;
  if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
    what = kind::connected;
  } else if (event != ZMQ_EVENT_DISCONNECTED) {
    ++refused_;
  } else if (refused_ > 0) {
    --refused_; // it never was a connection to us
    return;
  } else {
    what = kind::disconnected;
  }
  std::erase(events_, what);
  events_.push_back(what);
}

} // namespace troupe
