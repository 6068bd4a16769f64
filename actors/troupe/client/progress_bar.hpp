// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/task_group.hpp"

#include <chrono>
#include <cstddef>
#include <mutex>
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
/// Counts items, never messages. Leaves out what does not fit, the bar and the
/// rate first. Control characters of `label` become `?`.
std::string render(const std::string& label, const progress& x,
                   std::size_t width);

/// Whether stderr is a terminal on which things may move: no `TERM=dumb`, no
/// `NO_COLOR`.
bool animates_stderr();

/// Draws progress on stderr, at most ten times a second, if that is a terminal
/// on which things may move; otherwise only waits. Thread-safe.
class progress_bar {
public:
  explicit progress_bar(std::string label);

  /// Ends the line that was drawn.
  ~progress_bar();

  progress_bar(const progress_bar&) = delete;
  progress_bar& operator=(const progress_bar&) = delete;

  /// Draws, unless it did so less than 100 ms ago and some items are pending.
  void update(const task_group& group);

  /// Waits for item `index` of `group` while drawing.
  bool wait(const task_group& group, std::size_t index, duration limit);

  /// Waits for all of `group` while drawing.
  bool wait(const task_group& group, duration limit);

  /// Removes the bar, so that something else can be printed.
  void clear();

private:
  std::string label_;
  bool enabled_;
  std::mutex mutex_;
  bool drawn_ = false;
  bool complete_ = false;
  std::chrono::steady_clock::time_point last_{};
};

} // namespace troupe
