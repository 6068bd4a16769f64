// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>

namespace troupe {

/// What a task throws when it cannot run here and now, before it did anything:
/// it runs again, and neither `retries` nor `attempts` are used up. Ends as
/// `rejected` when all engines that could run it rejected it one after the
/// other, or after `limits::task_rejections` times.
class reject : public std::runtime_error {
public:
  /// Runs again at once, on an engine that did not reject it.
  explicit reject(const std::string& why = "the task rejected itself")
    : std::runtime_error(why) {
    // nop
  }

  /// Runs again after that time, on another engine if there is one.
  explicit reject(std::chrono::milliseconds retry_after,
                  const std::string& why = "the task rejected itself")
    : std::runtime_error(why), retry_after_(retry_after) {
    // nop
  }

  std::chrono::milliseconds retry_after() const noexcept {
    return retry_after_;
  }

private:
  std::chrono::milliseconds retry_after_{};
};

} // namespace troupe
