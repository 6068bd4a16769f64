// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/client/task_group.hpp"
#include "troupe/ids.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace troupe {

class client_core;

/// One task of a session, submitted before. Results convert to it.
class task_ref {
public:
  task_ref(const client_core* session, task_group_ptr group,
           std::size_t index = 0)
    : session_(session), group_(std::move(group)), index_(index) {
    // nop
  }

  /// The session that submitted it.
  const client_core* session() const noexcept {
    return session_;
  }

  const task_group_ptr& group() const noexcept {
    return group_;
  }

  /// Its place in the group.
  std::size_t index() const noexcept {
    return index_;
  }

private:
  const client_core* session_;
  task_group_ptr group_;
  std::size_t index_;
};

/// How a task has to end for those that depend on it.
enum class ends : std::uint8_t { well, badly, anyhow };

/// Tasks that others depend on: all of them, unless it says `any`.
struct task_dependency {
  task_dependency() = default;

  task_dependency(std::initializer_list<task_ref> xs) : tasks(xs) {
    // nop
  }

  task_dependency(std::vector<task_ref> xs) : tasks(std::move(xs)) {
    // nop
  }

  /// One of them is enough.
  task_dependency any() const {
    auto result = *this;
    result.any_is_enough = true;
    return result;
  }

  /// They have to end like this.
  task_dependency if_they_end(ends x) const {
    auto result = *this;
    result.how = x;
    return result;
  }

  std::vector<task_ref> tasks;
  bool any_is_enough = false;
  ends how = ends::well;
};

struct task_options {
  /// How often to run a task again after it threw.
  std::uint8_t retries = 0;

  /// Most attempts when engines are lost, 1 to 255; 1 = at most once. With a
  /// device (scheme `pure`) there is never more than one.
  std::uint8_t attempts = 3;

  /// Tasks of higher priority go first. Those of one priority keep their
  /// order.
  std::int8_t priority = 0;

  /// Tasks that have to end before.
  task_dependency after{};

  /// Tasks that have to end before, and on whose engine it runs: with `any`, on
  /// one of the engines of those that ended.
  task_dependency follow{};

  /// Engines that may run it; empty = all.
  std::vector<engine_id> targets{};

  /// Tags that its engine has to have.
  std::vector<std::string> tags{};

  /// What it takes of its engine's slots while it is there.
  std::vector<slot> needs{};

  /// Longest time until it is handed out to an engine; 0 = no limit. Then it
  /// ends as `timed_out`.
  std::chrono::milliseconds queue_limit{0};

  /// Longest time that it may run; 0 = no limit. Then it is asked to stop, see
  /// `this_task::stop_requested`; a second later it ends as `timed_out`
  /// together with its engine's process, which is started again.
  std::chrono::milliseconds run_limit{0};

  /// Time before it runs again after it threw. Doubles with each time.
  std::chrono::milliseconds retry_delay{0};

  /// After it threw it runs on another engine, if there is one.
  bool retry_elsewhere = false;
};

/// Returns what the tasks demand besides an engine that knows their function,
/// or null if that is nothing. Throws `usage` if a task of another session is
/// among the dependencies, a time is out of range, or a name of a tag or slot
/// makes no sense.
std::shared_ptr<const call_demands> demands_of(const task_options& x,
                                               const client_core* session);

/// Throws `usage` and names the option if a device (scheme `pure`) cannot do
/// what these say: it deals tasks out in turn, once, and knows nothing of them.
void check_for_device(const task_options& x);

} // namespace troupe
