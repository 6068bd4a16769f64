// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/result.hpp"

namespace troupe::detail {

void throw_not_done(const task_group& group) {
  auto text = group.function() + " is not done yet";
  if (group.size() > 1)
    text += ": " + std::to_string(group.done()) + " of "
            + std::to_string(group.size()) + " items are";
  throw error{errc::timed_out, text, "wait longer: the task goes on"};
}

void throw_unreadable(const task_group& group) {
  throw error{errc::version_mismatch,
              "the result of " + group.function() + " cannot be read",
              "client and engines must be built from the same source"};
}

task_info info_of(const task_group& group, std::size_t index) {
  auto& outcome = group.at(index);
  using system_clock = std::chrono::system_clock;
  task_info result;
  result.id = group.id(index);
  result.engine = outcome.engine;
  result.attempts = outcome.attempts;
  result.run_time = duration{outcome.run_ns};
  result.started =
    system_clock::time_point{std::chrono::duration_cast<system_clock::duration>(
      duration{outcome.started_ns})};
  return result;
}

} // namespace troupe::detail
