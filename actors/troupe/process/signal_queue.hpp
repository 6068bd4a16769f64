// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/process/descriptor.hpp"

#include <csignal>

namespace troupe {

/// Turns SIGCHLD, SIGTERM and SIGINT into something to poll, and ignores
/// SIGPIPE, while it lives. Must exist before any other thread does, since
/// threads inherit what is blocked.
class signal_queue {
public:
  signal_queue();

  ~signal_queue();

  signal_queue(const signal_queue&) = delete;
  signal_queue& operator=(const signal_queue&) = delete;

  /// What to poll.
  int fd() const noexcept {
    return fd_.get();
  }

  /// Takes the oldest signal, or 0 if there is none.
  int next() const;

private:
  descriptor fd_;
  sigset_t before_{};
  struct sigaction pipe_action_ {};
};

} // namespace troupe
