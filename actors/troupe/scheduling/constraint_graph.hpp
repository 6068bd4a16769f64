// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/protocol/read.hpp"
#include "troupe/scheduling/dependency.hpp"
#include "troupe/scheduling/task_history.hpp"
#include "troupe/scheduling/task_table.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace troupe {

/// What a task demands besides an engine that knows its function. Plain tasks
/// have none.
struct task_demands {
  using time_point = std::chrono::steady_clock::time_point;

  /// Names these demands: never used again, so that whoever remembers the task
  /// notices when another one has its place.
  std::uint64_t id = 0;

  dependency after;
  dependency follow;

  /// Where the followed tasks ran that count, sorted.
  std::vector<engine_id> places;

  /// Engines that the client named, sorted.
  std::vector<engine_id> targets;

  /// Whether it may run only on some engines: because it has targets, or
  /// because it follows.
  bool has_targets = false;
  bool follows = false;

  /// What its engine has to have, or null. Tasks of one batch share it.
  std::shared_ptr<const resources> needs;

  /// Engines that rejected it since it waited last, sorted; how often it was
  /// rejected in all, and what the last one said.
  std::vector<engine_id> rejected_by;
  std::uint16_t rejections = 0;
  std::string rejection;

  /// When it gives up to wait; the maximum if never.
  time_point deadline = time_point::max();

  /// Longest time that it may run, in milliseconds; 0 = no limit.
  std::uint32_t run_ms = 0;

  /// Time before it runs again after an error; doubles with each.
  std::chrono::milliseconds retry_delay{};

  /// After an error it runs on another engine, if there is one.
  bool retry_elsewhere = false;
  engine_id avoid = no_engine;

  /// Errors so far, and whether it waits before it runs again.
  std::uint16_t errors = 0;
  bool pausing = false;
  time_point resumes{};

  /// Handed out before the task that it comes after ended, right behind it:
  /// its attempt, the key of the latest one, and whether it is handed out like
  /// that now.
  std::uint64_t behind = 0;
  bool early = false;

  /// Whether the client says on which engines it runs.
  bool targeted() const noexcept {
    return has_targets || follows;
  }

  /// Whether it may run only on some of those that know its function.
  bool bound() const noexcept {
    return targeted() || needs != nullptr || !rejected_by.empty();
  }

  /// Returns the engines on which a targeted task may run.
  std::vector<engine_id> engines() const;
};

/// A task that waits for another one to end.
struct dependent {
  task* who = nullptr;
  std::uint64_t id = 0;
  bool follows = false;
};

/// Knows which tasks wait for which. All of it is about tasks of one client; a
/// task that waits for none costs nothing here.
class constraint_graph {
public:
  using time_point = task_demands::time_point;

  enum class verdict : std::uint8_t {
    /// It may run now.
    ready,
    /// It waits for other tasks.
    held,
    /// A task that it depends on is not there, or is the task itself.
    invalid,
    /// A task that it depends on is too old to be remembered.
    forgotten,
    /// The tasks that it depends on ended in the wrong way.
    unreachable,
    /// No engine can hold all the tasks that it follows, or no target does.
    impossible,
    /// What it needs makes no sense.
    bad_needs,
  };

  /// What became of a task that waited.
  struct decision {
    task* who = nullptr;
    std::uint64_t id = 0;
    verdict what{};
  };

  /// Gives a plain task demands that demand nothing yet.
  task_demands& add(task& x);

  /// Gives a task its demands and ties it to those that it depends on.
  verdict add(task& x, const demand_view& demands, const wire::Demand& demand,
              const task_history& history, time_point now);

  /// Tells those who depend on `x` how it ended: those that wait, and those
  /// that were handed out early.
  void end(task& x, bool succeeded, engine_id engine);

  /// Returns what was decided since the last call, in order.
  std::vector<decision> take_decisions();

  bool has_decisions() const noexcept {
    return !decisions_.empty();
  }

  /// Returns a task that `x` depends on and that has not ended, or null. Looks
  /// at all tasks of its client: only for people who ask.
  static const task* first_open(const task& x,
                                const task_list<&task::siblings>& tasks);

  /// Returns the one task that waits for `x`, if it waits for nothing else,
  /// runs if `x` ends well, and may run wherever `x` does. Else null.
  static task* heir_of(const task& x);

  /// Says whether a task with demands may run now.
  static verdict judge(const task& x) {
    return judge(*x.demands);
  }

  /// Whether these are still the demands of `x`.
  static bool current(const task& x, std::uint64_t id) noexcept {
    return x.demands != nullptr && x.demands->id == id;
  }

private:
  /// Reads what a task needs, once for tasks in a row that need the same.
  caf::error set_needs(task_demands& x, const demand_view& demands,
                       const wire::Demand& demand);

  /// Ties `x` to a task. Returns `ready` unless that makes no sense.
  verdict depend(task& x, task_number number, bool follows,
                 const task_history& history);

  static void note(task_demands& x, bool follows, bool succeeded,
                   engine_id engine);

  static verdict judge(const task_demands& x);

  std::vector<decision> decisions_;
  std::uint64_t last_id_ = 0;
  std::shared_ptr<const resources> last_needs_;
};

/// Says a verdict in words, for people.
failure failure_of(constraint_graph::verdict x);

} // namespace troupe
