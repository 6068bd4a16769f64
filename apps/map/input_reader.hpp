// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

namespace troupe::apps {

/// Gives the inputs of a map one by one, as early as they can be had: a list,
/// or the lines of a file or pipe, which is never read far ahead.
class input_reader {
public:
  /// A longer input is an error instead of a process without memory.
  static constexpr std::size_t max_input_bytes = std::size_t{16} << 20;

  explicit input_reader(std::vector<std::string> list);

  /// Reads from `fd`, which stays open.
  /// @param delimiter ends an input; the last one needs none.
  /// @param stop_fd ends a wait for input when it becomes readable.
  input_reader(int fd, char delimiter, int stop_fd = -1);

  /// Waits for the next input. Returns `false` at the end, or when stopped.
  /// Throws `std::runtime_error` if reading fails.
  bool next(std::string& input);

  /// Whether `next` would return at once.
  bool ready();

private:
  /// Waits for at most `timeout_ms` until `fd_` can be read.
  bool readable(int timeout_ms) const;

  /// Reads once. Returns `false` at the end.
  bool fill();

  /// Takes a complete input from the front of what was read.
  bool take(std::string& input);

  std::deque<std::string> list_;
  int fd_ = -1;
  char delimiter_ = '\n';
  int stop_fd_ = -1;
  std::string unread_;
  std::size_t begin_ = 0;
  std::size_t searched_ = 0; // no delimiter before this position
};

} // namespace troupe::apps
