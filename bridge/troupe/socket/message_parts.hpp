// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <zmq.h>

#include <cstddef>
#include <cstdint>
#include <memory>

namespace troupe {

/// The frames of one message on its way from one ZeroMQ socket to another, as
/// ZeroMQ holds them: nothing is copied.
class message_parts {
public:
  enum class result : std::uint8_t {
    /// All of it is on its way.
    sent,
    /// Nobody has room for it now. It is still here.
    full,
    /// It is gone, and so is its receiver.
    lost,
  };

  /// Keeps messages of at most `most` frames and `most_bytes` bytes. Those
  /// beyond are counted and thrown away as they come.
  message_parts(std::size_t most, std::size_t most_bytes);

  ~message_parts();

  message_parts(const message_parts&) = delete;

  message_parts& operator=(const message_parts&) = delete;

  /// Takes the next message off `socket`, in the place of the last one.
  /// @returns false if there is none.
  bool receive(void* socket) noexcept;

  /// Hands all frames to `socket`.
  /// @pre `fits()`
  result send(void* socket) noexcept;

  /// Throws the message away.
  void clear() noexcept;

  /// Whether the message is within the bounds, and here.
  bool fits() const noexcept {
    return size_ <= most_ && bytes_ <= most_bytes_;
  }

  /// Frames of the message, those thrown away included, and their bytes.
  std::size_t size() const noexcept {
    return size_;
  }

  std::size_t bytes() const noexcept {
    return bytes_;
  }

  /// Whether the first frame is a routing id that a ROUTER made up itself.
  bool from_generated_id() noexcept;

private:
  /// Closes what is kept.
  void release() noexcept;

  std::unique_ptr<zmq_msg_t[]> parts_;
  std::size_t most_;
  std::size_t most_bytes_;
  std::size_t kept_ = 0; // of `parts_`
  std::size_t size_ = 0;
  std::size_t bytes_ = 0;
};

} // namespace troupe
