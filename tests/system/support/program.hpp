// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <sys/types.h>
#include <thread>
#include <utility>
#include <vector>

namespace troupe::test {

/// How to run a program.
struct program_options {
  /// Added to, or replacing, our environment; `-NAME` removes.
  std::vector<std::pair<std::string, std::string>> environment{};

  /// Where it runs.
  std::string directory{};

  /// What it finds on stdin; ignored if `keep_stdin` is set.
  std::string input{};

  /// Leaves stdin open, for `write` and `close_input`.
  bool keep_stdin = false;

  /// Gives it a terminal as stderr.
  bool terminal = false;

  /// Closes its stdout.
  bool no_stdout = false;
};

/// A running program, in a process group of its own. Collects what it writes.
class program {
public:
  program(const std::vector<std::string>& command, program_options options);

  program(const program&) = delete;

  program& operator=(const program&) = delete;

  /// Kills it if it still runs.
  ~program();

  /// What it wrote until now.
  std::string out() const;
  std::string err() const;

  void write(const std::string& text);
  void close_input();

  /// Stops to read its stdout and closes the pipe.
  void close_output();

  /// Signals the whole process group, as a terminal does.
  void signal_group(int signal) const;

  /// Signals the process alone.
  void signal(int signal) const;

  /// Waits for the end.
  /// @returns the exit status, 128 + a signal, or -1 after `limit`.
  int wait(std::chrono::milliseconds limit);

  pid_t pid() const noexcept {
    return pid_;
  }

private:
  struct stream {
    int fd = -1;
    std::string text{};
    std::thread reader{};
  };

  void read_all(stream& x);
  void feed();

  std::string input_;
  pid_t pid_ = -1;
  int stdin_fd_ = -1;
  mutable std::mutex mutex_;
  stream out_;
  stream err_;
  std::thread feeder_;
  std::atomic<bool> ended_ = false;
  int status_ = -1;
};

/// What a program left behind.
struct run_result {
  int status = -1;
  std::string out;
  std::string err;
};

} // namespace troupe::test
