// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <cstdint>
#include <sys/types.h>
#include <vector>

namespace troupe::apps {

/// One process and no other: its id may be given to another one later.
struct process_id {
  pid_t pid = 0;
  std::uint64_t start_time = 0;

  /// The process that has this id now.
  static process_id now(pid_t pid);

  bool alive() const;
};

/// Waits until none of `xs` is alive.
/// @returns those that are, after `limit`.
std::vector<process_id> wait_until_gone(std::vector<process_id> xs,
                                        std::chrono::milliseconds limit);

/// Kills processes, and their process groups if they lead one.
void kill_all(const std::vector<process_id>& xs);

/// Waits until a child ended, or `stop_fd` is readable, or `limit` is over.
/// @param child_fd a pidfd.
void wait_for_child(int child_fd, int stop_fd, std::chrono::milliseconds limit);

/// Returns a pidfd of a child process, which the caller closes. Throws
/// `std::system_error`.
int open_process(pid_t pid);

} // namespace troupe::apps
