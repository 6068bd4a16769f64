// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/multipart.hpp"
#include "troupe/routing_id.hpp"
#include "troupe/scheduling/scheduler_core.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace troupe::perf {

/// The rules of the scheduler with nothing around them: one client, and
/// engines that answer all they get. All engines together take one batch.
class scheduler_rounds {
public:
  /// Tasks of one submission.
  static constexpr std::size_t batch = 256;

  /// @param size bytes of arguments per task.
  explicit scheduler_rounds(std::size_t engines, std::size_t size = 16);

  /// Lets tasks queue up, beyond those that the engines take.
  void queue(std::size_t count);

  // -- a round: messages in, tasks out ----------------------------------------

  multipart next_submit();

  /// The answers to all dispatches.
  std::vector<multipart> next_results();

  /// Takes what came.
  void receive(std::vector<multipart> results, multipart submit);

  /// Hands out tasks.
  scheduler_actions flush() {
    return core_.flush();
  }

  /// Looks at what was sent.
  /// @returns number of tasks that were dispatched.
  std::size_t note(scheduler_actions actions);

private:
  static constexpr std::uint64_t client_token = 1'000'000;

  const routing_id client_{"client"};
  std::size_t size_;
  scheduler_core core_;
  task_number next_ = 1;
  std::map<std::string, std::vector<std::uint64_t>> dispatched_;
};

} // namespace troupe::perf
