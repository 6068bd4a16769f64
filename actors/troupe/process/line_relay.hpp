// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/process/descriptor.hpp"

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// Passes on what a process writes into a pipe, and remembers its last lines
/// for the report in case it fails. Never blocks on the pipe.
class line_relay {
public:
  /// Lines that are remembered, and bytes of each.
  static constexpr std::size_t max_lines = 20;
  static constexpr std::size_t max_line_size = 1024;

  /// Reads from `from`, the pipe's end, and writes to `to`, which is borrowed;
  /// -1 = pass on nothing.
  line_relay(descriptor from, int to);

  /// Passes on what is there, at most what a pipe holds. Returns `false` once
  /// all writers are gone.
  bool pump();

  /// What to poll, or -1 once all writers are gone.
  int fd() const noexcept {
    return from_.get();
  }

  /// The last lines, an unfinished one included.
  std::vector<std::string> tail() const;

private:
  void remember(std::string_view text);
  void end_line();

  descriptor from_;
  int to_;
  std::deque<std::string> lines_;
  std::string unfinished_;
};

} // namespace troupe
