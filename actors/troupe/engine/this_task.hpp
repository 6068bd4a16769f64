// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <stop_token>

/// What a task can ask about itself, on the thread that runs it.
namespace troupe::this_task {

/// Returns a token for this task: stop is requested when the task is cancelled
/// with `cancel_mode::stop` or `kill`, when its run limit is over, and when its
/// engine ends. Outside of a task nobody ever requests it.
std::stop_token stop_token();

/// Whether this task should end soon, however it wants.
inline bool stop_requested() {
  return stop_token().stop_requested();
}

} // namespace troupe::this_task

namespace troupe::detail {

/// Says where the tasks of the calling thread find their token; null = nowhere.
void set_stop_source(const std::stop_source* x) noexcept;

} // namespace troupe::detail
