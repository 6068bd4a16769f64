// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/process/child_process.hpp"

#include <caf/expected.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace troupe {

/// Starts engine processes, watches them, and stops them: whole process
/// groups, so that nothing which a task started stays behind. To be used by
/// one thread, which must live as long as the engines (they die with it).
class nanny {
public:
  /// Starts `count` more engines like `spec`; each finds its number in the
  /// environment variable TROUPE_ENGINE_INDEX. Those that started before an
  /// error go on.
  caf::error start(const process_spec& spec, std::size_t count);

  /// Starts one engine in the place of one that ended, with its number.
  caf::error restart(const process_spec& spec, std::size_t index);

  /// Collects engines that have ended since the last call, and kills what is
  /// left of their process groups.
  std::vector<exit_report> collect();

  /// Engines that are alive.
  std::vector<pid_t> alive() const;

  /// The number with which `pid` was started. Also knows the engines that the
  /// latest `collect` reported.
  std::size_t index_of(pid_t pid) const;

  /// Stops all engines: SIGTERM, and SIGKILL to the groups of those that are
  /// still there after `grace`. Returns when none is left.
  void stop(std::chrono::milliseconds grace);

  /// Kills what is still there.
  ~nanny();

  nanny() = default;

  nanny(const nanny&) = delete;
  nanny& operator=(const nanny&) = delete;

private:
  void wait_until_gone(std::chrono::milliseconds limit);

  struct child {
    pid_t pid;
    std::size_t index;
  };

  std::vector<child> children_;
  std::vector<child> ended_;
  std::size_t next_index_ = 0;
};

} // namespace troupe
