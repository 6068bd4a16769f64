// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/message_parts.hpp"

#include "troupe/socket/zmq_frames.hpp"

#include <cerrno>

namespace troupe {

message_parts::message_parts(std::size_t most, std::size_t most_bytes)
  : parts_(std::make_unique<zmq_msg_t[]>(most + 1)),
    most_(most),
    most_bytes_(most_bytes) {
  for (std::size_t i = 0; i <= most_; ++i)
    zmq_msg_init(&parts_[i]);
}

message_parts::~message_parts() {
  for (std::size_t i = 0; i <= most_; ++i)
    zmq_msg_close(&parts_[i]);
}

bool message_parts::receive(void* socket) noexcept {
  clear();
  for (;;) {
    auto& part = parts_[kept_];
    auto n = zmq_msg_recv(&part, socket, ZMQ_DONTWAIT);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      clear();
      return false;
    }
    ++kept_;
    ++size_;
    bytes_ += static_cast<std::size_t>(n);
    auto more = zmq_msg_more(&part) != 0;
    if (!fits())
      release();
    if (!more)
      return true;
  }
}

message_parts::result message_parts::send(void* socket) noexcept {
  for (std::size_t i = 0; i < size_; ++i) {
    auto missing = size_ - i - 1;
    auto number = try_send_frame(parts_[i], socket, missing > 0);
    if (number == 0)
      continue;
    if (number == EAGAIN && i == 0)
      return result::full;
    if (number == EAGAIN)
      finish_broken_message(socket, missing);
    clear(); // ZeroMQ took back what it had of it
    return result::lost;
  }
  clear();
  return result::sent;
}

bool message_parts::from_generated_id() noexcept {
  auto& id = parts_[0];
  return size_ > 0 && zmq_msg_size(&id) == 5
         && *static_cast<const char*>(zmq_msg_data(&id)) == '\0';
}

void message_parts::clear() noexcept {
  release();
  size_ = 0;
  bytes_ = 0;
}

void message_parts::release() noexcept {
  for (; kept_ > 0; --kept_) {
    zmq_msg_close(&parts_[kept_ - 1]);
    zmq_msg_init(&parts_[kept_ - 1]);
  }
}

} // namespace troupe
