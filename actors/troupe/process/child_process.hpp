// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/expected.hpp>

#include <cstdint>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace troupe {

/// What to start and how. Every process of ours is started through this, so
/// that none outlives the one that started it.
struct process_spec {
  /// Path or name of the program, looked up in PATH.
  std::string program;
  std::vector<std::string> arguments{};

  /// Added to, or replacing, the environment of this process.
  std::vector<std::pair<std::string, std::string>> environment{};

  /// Makes the child the leader of a process group of its own.
  bool own_group = true;

  /// Signal that the child gets when the thread that started it ends; 0 = none.
  int parent_death_signal = 15;

  /// File descriptors for the child's 0, 1, 2; -1 = inherit, for stdin
  /// /dev/null.
  int stdin_fd = -1, stdout_fd = -1, stderr_fd = -1;

  /// Descriptors that the child keeps, under the same numbers.
  std::vector<int> keep{};
};

/// How a process ended.
struct exit_report {
  pid_t pid = 0;
  /// Exit status, or -1 if a signal ended it.
  int status = -1;
  /// The signal, or 0.
  int signal = 0;

  /// `exit status 3`, `killed by signal 9 (Killed)`.
  std::string text() const;
};

/// Starts a process. Fails with `ec::system_failure` and a sentence that names
/// the program, also when the program cannot be executed.
caf::expected<pid_t> start_process(const process_spec& spec);

/// Collects `pid` if it has ended.
/// @returns `true` if it is gone; `report` says how.
bool reap(pid_t pid, exit_report& report);

/// Start time of a process in clock ticks since boot, 0 if there is none, or if
/// it ended and waits to be collected.
std::uint64_t process_start_time(pid_t pid);

} // namespace troupe
