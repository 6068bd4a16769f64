// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/message_parts.hpp"

#include <algorithm>
#include <cerrno>

namespace troupe {

message_parts::message_parts(std::size_t most)
  : parts_(std::make_unique<zmq_msg_t[]>(most + 1)), most_(most) {
  for (std::size_t i = 0; i <= most_; ++i)
    zmq_msg_init(&parts_[i]);
}

message_parts::~message_parts() {
  for (std::size_t i = 0; i <= most_; ++i)
    zmq_msg_close(&parts_[i]);
}

bool message_parts::receive(void* socket) noexcept {
  size_ = 0;
  bytes_ = 0;
  for (;;) {
    auto& part = parts_[std::min(size_, most_)];
    auto n = zmq_msg_recv(&part, socket, ZMQ_DONTWAIT);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      clear();
      return false;
    }
    ++size_;
    bytes_ += static_cast<std::size_t>(n);
    if (zmq_msg_more(&part) == 0)
      return true;
  }
}

message_parts::result message_parts::send(void* socket) noexcept {
  for (std::size_t i = 0; i < size_; ++i) {
    auto flags = ZMQ_DONTWAIT | (i + 1 < size_ ? ZMQ_SNDMORE : 0);
    auto n = 0;
    do {
      n = zmq_msg_send(&parts_[i], socket, flags);
    } while (n < 0 && errno == EINTR);
    if (n < 0 && i == 0 && errno == EAGAIN)
      return result::full;
    if (n < 0) {
      clear(); // ZeroMQ took back what it had of it
      return result::lost;
    }
  }
  size_ = 0;
  return result::sent;
}

bool message_parts::from_generated_id() noexcept {
  auto& id = parts_[0];
  return size_ > 0 && zmq_msg_size(&id) == 5
         && *static_cast<const char*>(zmq_msg_data(&id)) == '\0';
}

void message_parts::clear() noexcept {
  for (std::size_t i = 0; i < std::min(size_, most_ + 1); ++i) {
    zmq_msg_close(&parts_[i]);
    zmq_msg_init(&parts_[i]);
  }
  size_ = 0;
}

} // namespace troupe
