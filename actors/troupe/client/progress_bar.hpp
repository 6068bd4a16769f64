// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/task_group.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace troupe {

/// What a bar shows.
struct progress {
  std::size_t done = 0;
  std::size_t failed = 0;
  std::size_t total = 0;
  duration elapsed{};
};

/// Returns one line of at most `width` columns, such as
/// `step  [==========>         ]  61 %  122/200  failed 1  8.4/s  eta 9 s`.
/// Counts items, never messages.
std::string render(const std::string& label, const progress& x,
                   std::size_t width);

/// Draws progress on stderr, at most ten times a second, if it is a terminal
/// (and `TERM` is not `dumb`); otherwise does nothing. For one thread.
class progress_bar {
public:
  explicit progress_bar(std::string label);

  /// Ends the line that was drawn.
  ~progress_bar();

  void update(const task_group& group);

  /// Waits for all of `group` while drawing.
  bool wait(const task_group& group, duration limit);

  /// Removes the bar, so that something else can be printed.
  void clear();

private:
  std::string label_;
  bool enabled_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point last_{};
};

} // namespace troupe
