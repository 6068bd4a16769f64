// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/protocol/resources.hpp"
#include "troupe/scheduling/engine_pool.hpp"
#include "troupe/scheduling/task_table.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace troupe {

/// Who may run a bound task: an engine that knows its function and more.
struct engine_rule {
  function_id function{};

  /// If the client named engines, these and nobody else, whether they joined
  /// or not. Sorted.
  bool targeted = false;
  std::vector<engine_id> targets;

  /// Engines that rejected it. Sorted.
  std::vector<engine_id> excluded;

  /// What an engine has to have, or null.
  std::shared_ptr<const resources> needs;

  /// An engine to avoid if there is another one.
  engine_id avoid = no_engine;

  /// Whether an engine can ever run such a task.
  bool admits(const engine_record& x) const;

  friend bool operator<(const engine_rule& x, const engine_rule& y);
};

/// Returns the rule of a bound task.
engine_rule rule_of(const task& x);

struct task_line;

/// All waiting tasks of one client and one priority. Of several shares that
/// wait, the one that had its turn longest ago goes next; a turn is one task.
struct client_share {
  std::int8_t priority = 0;

  /// Number of its latest turn. While nobody else waits, tasks are no turns.
  std::uint64_t turn = 0;

  /// Its unbound lines.
  std::vector<task_line*> lines;

  /// Lines of this round that are not blocked, a heap.
  std::vector<task_line*> round;
};

/// Tasks of one client that the same engines can run, of one priority, the
/// oldest first.
struct task_line {
  /// Who can run them: all engines of these kinds, except one ...
  engine_kinds kinds;
  engine_id avoid = no_engine;

  /// ... or, if there are any, these engines and nobody else. All of them obey
  /// the rule.
  std::vector<engine_record*> engines;
  engine_rule rule;

  client_id client{};
  client_share* share = nullptr;

  std::int8_t priority = 0;
  task_list<&task::place> tasks;

  /// An unbound line among those that have tasks, or had some a while ago.
  bool listed = false;

  /// A bound line that takes part in the next round.
  bool awake = false;

  bool bound() const noexcept {
    return !engines.empty();
  }
};

} // namespace troupe
