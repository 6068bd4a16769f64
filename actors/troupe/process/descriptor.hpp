// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <unistd.h>
#include <utility>

namespace troupe {

/// Owns a file descriptor, or -1.
class descriptor {
public:
  explicit descriptor(int fd = -1) noexcept : fd_(fd) {
    // nop
  }

  descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {
    // nop
  }

  descriptor& operator=(descriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  ~descriptor() {
    if (fd_ >= 0)
      ::close(fd_);
  }

  int get() const noexcept {
    return fd_;
  }

  /// Whether there is one.
  explicit operator bool() const noexcept {
    return fd_ >= 0;
  }

private:
  int fd_;
};

} // namespace troupe
