// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/scheduling/constraint_graph.hpp"
#include "troupe/scheduling/engine_pool.hpp"
#include "troupe/scheduling/task_line.hpp"

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

namespace troupe {

/// Pairs waiting tasks with joined engines: the highest priority first, within
/// it one task of each client in turn, of each client the oldest one, and the
/// engine that placement names.
///
/// Tasks of a client that the same kinds can run wait in one line per priority.
/// Usually there is one kind, and so one line per client and nothing to look up
/// per task. Clients that have none waiting cost nothing.
/// Without any engine all tasks wait in lines without kinds.
///
/// Tasks that may run only on some engines, because the client named them or
/// because of what they need, wait in bound lines, one per such rule. A bound
/// line for which no engine has room sleeps until one of its engines changes:
/// it costs the other tasks nothing.
class task_queue {
public:
  /// The first arguments are those of `engine_pool`.
  /// @param peers finds the engines of bound tasks
  task_queue(const placement_scheme& scheme, std::uint64_t seed,
             std::uint64_t engine_bytes, peer_table& peers)
    : engines_(scheme, seed, engine_bytes), peers_(&peers) {
    // nop
  }

  task_queue(const task_queue&) = delete;

  task_queue& operator=(const task_queue&) = delete;

  // -- engines ----------------------------------------------------------------

  /// Gives an engine a place.
  /// @returns tasks that waited and that no engine knows how to run.
  std::vector<task*> join(engine_record& x);

  /// Takes an engine's place away. Its tasks are left to the caller.
  /// @returns tasks that waited and that no engine knows how to run.
  std::vector<task*> leave(engine_record& x);

  /// Takes all tasks out that may run on `x` and not everywhere, after `leave`,
  /// before that
  /// engine is forgotten. To be put back afterwards.
  std::vector<task*> unbind(engine_record& x);

  /// Forgets a client.
  /// @pre none of its tasks waits
  void forget(client_id x);

  /// Changes how many tasks an engine that joined may have.
  void limit(engine_record& x, load_limit most);

  /// Whether any engine has a place.
  bool staffed() const noexcept {
    return engines_.staffed();
  }

  // -- tasks ------------------------------------------------------------------

  /// Puts a task at the end. Returns `false` if no engine can ever run it.
  bool push(task& x);

  /// Puts tasks back where they were before they were dispatched.
  /// @returns tasks that no engine can ever run.
  std::vector<task*> put_back(std::vector<task*> xs);

  /// Takes a waiting task out.
  void erase(task& x);

  /// Pairs a task with an engine and counts it there, or returns null. Between
  /// calls until null, no engine may become free, and no task may come or go.
  task* pop();

  /// Counts a task that does not wait here for an engine, if that has room.
  /// Not between `pop` and `end_round`.
  bool assign(task& x, engine_record& engine) {
    return engines_.assign_if_room(x, engine);
  }

  /// Ends a round of `pop`.
  void end_round();

  /// Counts a task less for an engine.
  void finish(task& x);

  /// Returns the oldest task that may run anywhere, or null.
  task* oldest() const noexcept;

  /// Tasks that wait.
  std::size_t size() const noexcept {
    return size_;
  }

  // -- inspection -------------------------------------------------------------

  /// Calls `f` with each engine that may run a waiting task, whether it joined
  /// or not.
  template <class F>
  void for_each_engine(const task& x, F f) const {
    for (auto engine : x.line->engines)
      f(*engine);
    for (auto kind : x.line->kinds)
      for (auto engine : kind->seats)
        if (engine != nullptr)
          f(*engine);
  }

  /// Returns the highest priority of tasks that wait for an engine of `x` and
  /// go before it because of that.
  std::optional<std::int8_t> highest_before(const task& x) const;

  const std::list<task_line>& lines() const noexcept {
    return lines_;
  }

  const std::list<task_line>& bound_lines() const noexcept {
    return bound_lines_;
  }

private:
  struct line_key {
    function_id function{};
    engine_id avoid = no_engine;
    client_id client{};
    std::int8_t priority = 0;

    friend bool operator==(const line_key&, const line_key&) = default;
  };

  struct line_key_hash {
    std::size_t operator()(const line_key& x) const noexcept;
  };

  using bound_key = std::tuple<engine_rule, client_id, std::int8_t>;
  using share_key = std::pair<client_id, std::int8_t>;

  /// Returns the line of a task, or null if no engine can ever run it.
  task_line* line_of(const task& x);

  task_line* bound_line_of(const task& x);

  /// Forgets unbound lines for which `claim` holds. They are empty.
  template <class Claim>
  void drop_lines(Claim claim);

  /// Returns the engines that obey a rule: targets, or all that joined.
  std::vector<engine_record*> engines_for(const engine_rule& rule);

  task_line& line_with(engine_kinds kinds, const line_key& key);

  /// Sorts all waiting tasks that may run anywhere into lines again.
  std::vector<task*> regroup();

  void enqueue(task_line& line, task* position, task& x);

  /// Takes an engine out of the bound lines of others than its targets.
  /// @returns the tasks of lines that have no engine left
  std::vector<task*> leave_lines(engine_record& x);

  void take_all(task_line& line, std::vector<task*>& result);

  void wake(task_line& line);
  void wake_lines_of(engine_record& x);
  void erase_bound(task_line& line);

  client_share& share_of(client_id client, std::int8_t priority);

  void begin_round();
  void enter_round(task_line& line);

  /// Puts the share at the back of `round_` in its place again, if any of its
  /// lines is left.
  void reenter_round(client_share& share);

  engine_record* place(const task_line& line, const task& x);

  /// Takes `x` out, the first task of the line at the top.
  void take_top(task& x);

  /// Ends the round for the line at the top, and for lines that would take the
  /// place which it waits for: those of lower priority, and if no engine is
  /// eligible, all that wait for the same ones.
  void block_top();

  engine_pool engines_;
  peer_table* peers_;
  std::list<task_line> lines_;
  std::unordered_map<line_key, task_line*, line_key_hash> lines_by_key_;
  // The latest of them: most tasks go where the one before went.
  line_key last_key_;
  task_line* last_line_ = nullptr;
  std::list<task_line> bound_lines_;
  std::map<bound_key, std::list<task_line>::iterator> bound_by_key_;
  std::vector<task_line*> awake_;  // bound lines
  std::vector<task_line*> listed_; // unbound lines
  std::map<share_key, client_share> shares_;
  std::uint64_t last_turn_ = 0;
  /// Shares of this round with lines that are not blocked, a heap.
  std::vector<client_share*> round_;
  bool in_round_ = false;
  std::size_t size_ = 0;
};

} // namespace troupe
