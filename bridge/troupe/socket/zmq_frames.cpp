// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/zmq_frames.hpp"

#include "troupe/socket/counting.hpp"
#include "troupe/socket/handover.hpp"

#include <cerrno>
#include <cstring>

namespace troupe {

namespace {

void release_owner(void*, void* owner) {
  take_back(owner);
  intrusive_ptr_release(static_cast<buffer_owner*>(owner));
}

/// Makes `message` refer to the bytes of `frame`, and keeps them alive until
/// ZeroMQ has sent or dropped them.
bool lend(zmq_msg_t& message, const buffer& frame) {
  auto owner = frame.owner().get();
  intrusive_ptr_add_ref(owner);
  hand_over(owner);
  if (zmq_msg_init_data(&message, const_cast<std::byte*>(frame.data()),
                        frame.size(), release_owner, owner)
      == 0)
    return true;
  intrusive_ptr_release(owner);
  return false;
}

} // namespace

void frame_tally::add_to(socket_counters& counters) const {
  count(counters.messages_sent);
  count(counters.frames_copied, frames_copied);
  count(counters.bytes_copied, bytes_copied);
  if (frames_lent == 0)
    return;
  count(counters.frames_lent, frames_lent);
  count(counters.bytes_lent, bytes_lent);
}

bool fill(zmq_msg_t& message, const buffer& frame, copy_policy policy,
          frame_tally& sum) {
  if (frame.owner() != nullptr && !policy.copies(frame.size())) {
    ++sum.frames_lent;
    sum.bytes_lent += frame.size();
    return lend(message, frame);
  }
  ++sum.frames_copied;
  sum.bytes_copied += frame.size();
  if (zmq_msg_init_size(&message, frame.size()) != 0)
    return false;
  if (!frame.empty())
    std::memcpy(zmq_msg_data(&message), frame.data(), frame.size());
  return true;
}

int try_send_frame(zmq_msg_t& message, void* socket, bool more) {
  auto flags = ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0);
  auto result = 0;
  do {
    result = zmq_msg_send(&message, socket, flags);
  } while (result < 0 && errno == EINTR);
  return result >= 0 ? 0 : errno;
}

int send_frame(zmq_msg_t& message, void* socket, bool more) {
  auto number = try_send_frame(message, socket, more);
  if (number != 0)
    zmq_msg_close(&message);
  return number;
}

void finish_broken_message(void* socket, std::size_t missing) {
  for (; missing > 0; --missing) {
    zmq_msg_t message;
    zmq_msg_init(&message);
    send_frame(message, socket, missing > 1);
  }
}

} // namespace troupe
