// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <string>
#include <sys/types.h>
#include <vector>

namespace troupe::perf {

/// Processes of the raw paths: this program again, each in a role that
/// `play_raw_role` knows.
class raw_processes {
public:
  raw_processes() = default;

  raw_processes(const raw_processes&) = delete;

  raw_processes& operator=(const raw_processes&) = delete;

  /// Kills all processes and waits until they are gone.
  ~raw_processes();

  /// Starts a process; the first argument is its role. Throws
  /// `std::runtime_error`.
  void start(std::vector<std::string> arguments);

  /// Starts a process and returns the first `lines` lines that it prints.
  /// Throws `std::runtime_error`, also if it prints fewer.
  std::vector<std::string> start_and_read(std::vector<std::string> arguments,
                                          std::size_t lines);

  /// In the order in which they were started.
  const std::vector<pid_t>& pids() const noexcept {
    return pids_;
  }

private:
  void start(std::vector<std::string> arguments, int stdout_fd);

  std::vector<pid_t> pids_;
};

/// Variable of the environment that names the role of a process.
inline constexpr const char* raw_role_variable = "TROUPE_BENCH_ROLE";

} // namespace troupe::perf
