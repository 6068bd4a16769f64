// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/buffer.hpp"
#include "troupe/copy_policy.hpp"
#include "troupe/socket_spec.hpp"

#include <zmq.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace troupe {

/// A frame as it came from a socket. ZeroMQ keeps tiny messages inside the
/// `zmq_msg_t` itself, which therefore stays where it is.
class received_frame final : public buffer_owner {
public:
  received_frame() {
    zmq_msg_init(&message);
  }

  ~received_frame() override {
    zmq_msg_close(&message);
  }

  std::span<const std::byte> bytes() noexcept {
    return {static_cast<const std::byte*>(zmq_msg_data(&message)),
            zmq_msg_size(&message)};
  }

  zmq_msg_t message;
};

/// What a message adds to the counters once it is sent.
struct frame_tally {
  std::uint64_t frames_copied = 0;
  std::uint64_t bytes_copied = 0;
  std::uint64_t frames_lent = 0;
  std::uint64_t bytes_lent = 0;

  /// Counts one message.
  void add_to(socket_counters& counters) const;
};

/// Makes `message` a copy of `frame`, or lends it the memory until ZeroMQ has
/// sent or dropped it, as `policy` says.
/// @returns false if there is no memory.
bool fill(zmq_msg_t& message, const buffer& frame, copy_policy policy,
          frame_tally& sum);

/// Sends `message`, which is empty then, or leaves it as it is.
/// @returns 0 or an error number.
int try_send_frame(zmq_msg_t& message, void* socket, bool more);

/// Sends and closes `message`.
/// @returns 0 or an error number.
int send_frame(zmq_msg_t& message, void* socket, bool more);

/// A DEALER whose connection ends between two frames reports EAGAIN, takes back
/// the frames before and drops the rest of the message: give it that rest, or
/// it drops the head of the next message.
void finish_broken_message(void* socket, std::size_t missing);

} // namespace troupe
