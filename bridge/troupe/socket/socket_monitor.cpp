// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/socket_monitor.hpp"

#include "troupe/error.hpp"
#include "troupe/socket/farewells.hpp"
#include "troupe/socket/tcp_probe.hpp"

#include <zmq.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <string>
#include <sys/socket.h>
#include <utility>

namespace troupe {

namespace {

constexpr auto failures = ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL
                          | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
                          | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;

constexpr auto interesting = failures | ZMQ_EVENT_HANDSHAKE_SUCCEEDED
                             | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CONNECTED
                             | ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_CONNECT_RETRIED;

/// Most events that wait for an owner.
constexpr auto max_events = std::size_t{1024};

/// Whether both ends of a connection are the same socket.
bool meets_itself(int fd) {
  auto here = sockaddr_storage{};
  auto there = sockaddr_storage{};
  auto here_size = static_cast<socklen_t>(sizeof(here));
  auto there_size = static_cast<socklen_t>(sizeof(there));
  return getsockname(fd, reinterpret_cast<sockaddr*>(&here), &here_size) == 0
         && getpeername(fd, reinterpret_cast<sockaddr*>(&there), &there_size)
              == 0
         && (here.ss_family == AF_INET || here.ss_family == AF_INET6)
         && here_size == there_size
         && std::memcmp(&here, &there, here_size) == 0;
}

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
socket_monitor::make(void* context, const zmq_socket& socket,
                     const security_spec& how) {
  auto where = unique_endpoint();
  auto none = 0;
  std::unique_ptr<socket_monitor> result;
  if (zmq_socket_monitor(socket.handle(), where.c_str(), interesting) == 0)
    result.reset(new socket_monitor{socket.handle(),
                                    ::zmq_socket(context, ZMQ_PAIR), how});
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
    std::int32_t value = 0;
    std::string endpoint;
    if (zmq_msg_size(&part) >= sizeof(event) + sizeof(value)) {
      auto data = static_cast<const char*>(zmq_msg_data(&part));
      std::memcpy(&event, data, sizeof(event));
      std::memcpy(&value, data + sizeof(event), sizeof(value));
    }
    while (zmq_msg_more(&part) && receive(handle_, part))
      endpoint.assign(static_cast<const char*>(zmq_msg_data(&part)),
                      zmq_msg_size(&part));
    note(event, value, std::move(endpoint));
  }
  zmq_msg_close(&part);
}

void socket_monitor::note(std::uint16_t event, std::int32_t value,
                          std::string endpoint) {
  using kind = socket_event::kind;
  socket_event result;
  switch (event) {
    case ZMQ_EVENT_CONNECTED:
      if (meets_itself(value)) {
        ++met_itself_;
        cut_connection(value);
        result.what = kind::refused;
        result.reason = ec::endpoint_failed;
        result.text = endpoint
                      + ": nobody listens there, and the socket met "
                        "itself; give servers ports below 32768";
        break;
      }
      [[fallthrough]];
    case ZMQ_EVENT_ACCEPTED:
      changes_.push_back({value, true});
      if (endpoint.starts_with("ipc:"))
        ipc_connections_[value] = kernel_name_of(value);
      return;
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
      if (met_itself_ > 0)
        return;
      ++connections_;
      ++by_endpoint_[endpoint];
      ++established_;
      reader_.succeeded();
      result.what = kind::connected;
      result.text = std::move(endpoint);
      break;
    case ZMQ_EVENT_DISCONNECTED:
      changes_.push_back({value, false});
      ipc_connections_.erase(value);
      return note_end(std::move(endpoint));
    case ZMQ_EVENT_CONNECT_RETRIED:
      result.what = kind::retrying;
      result.value = static_cast<std::uint32_t>(value);
      result.text = std::move(endpoint);
      break;
    default:
      return note_failure(event, value, std::move(endpoint));
  }
  push(std::move(result));
}

void socket_monitor::note_end(std::string endpoint) {
  if (auto& unconnected = met_itself_ > 0 ? met_itself_ : refused_;
      unconnected > 0) {
    --unconnected; // it never was a connection to us
    return;
  }
  socket_event result;
  if (connections_ > 0) {
    --connections_;
    if (auto i = by_endpoint_.find(endpoint);
        i != by_endpoint_.end() && --i->second == 0)
      by_endpoint_.erase(i);
    result.what = socket_event::kind::disconnected;
    result.reason = ec::peer_gone;
    result.text = std::move(endpoint);
  } else {
    // ZeroMQ has no event for what breaks its framing or is too large.
    result.what = socket_event::kind::refused;
    result.reason = ec::handshake_failed;
    result.text = endpoint + ": the connection ended in the handshake";
  }
  push(std::move(result));
}

void socket_monitor::forget(const std::optional<std::string>& endpoint) {
  if (!endpoint) {
    by_endpoint_.clear();
    connections_ = 0;
  } else if (auto i = by_endpoint_.find(*endpoint); i != by_endpoint_.end()) {
    connections_ -= std::min(connections_, i->second);
    by_endpoint_.erase(i);
  }
}

void socket_monitor::note_failure(std::uint16_t event, std::int32_t value,
                                  std::string endpoint) {
  if ((event & failures) == 0 || met_itself_ > 0)
    return;
  auto found = reader_.failed(event, value);
  if (found.reason != ec::system_failure)
    ++refused_; // the connection ends; without a check of keys it lingers on
  key_refused_ = key_refused_ || found.reason == ec::key_refused;
  socket_event result;
  result.what = socket_event::kind::refused;
  result.reason = found.reason;
  result.text = endpoint + ": " + found.text;
  push(std::move(result));
}

void socket_monitor::push(socket_event event) {
  std::erase_if(events_, [&](const socket_event& x) {
    return x.what == event.what && x.reason == event.reason
           && x.text == event.text;
  });
  if (events_.size() < max_events)
    events_.push_back(std::move(event));
}

} // namespace troupe
