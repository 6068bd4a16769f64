// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "simulation/story.hpp"
#include "simulation/turns.hpp"
#include "troupe/scheduling/scheduler_core.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace troupe::simulation {

/// Knows what a scheduler must do, by rules of its own that are slow and
/// obvious, and compares. It is told each event that the scheduler is told, in
/// the same order, and all that the scheduler sends.
///
/// * Each accepted task is reported exactly once, as soon as it ends, with the
///   outcome that follows from what happened to it.
/// * No task goes to an engine that did not join, that left, that has not what
///   the task needs, or that has no room or slot left; no key serves twice.
/// * A cancelled task is reported as that, unless it ended before, and never
///   handed out again.
/// * Of a client's tasks that need the same, older ones go first; of all
///   clients' tasks, those of higher priority; and within one priority clients
///   take turns.
/// * No task runs before the one that it comes after ended well, and none that
///   comes after a task that failed. It may be handed out early behind that
///   one, if nobody who waits can use the room; that is no turn of its client,
///   and no attempt if the engine skips it.
/// * No engine has room while a task that it can run waits.
/// * Credit is kept on both sides.
class oracle {
public:
  explicit oracle(const settings& x) : settings_(x) {
    // nop
  }

  // -- what the scheduler is told ---------------------------------------------

  void admit_engine(std::uint32_t id, const means& with);
  void join_engine(std::uint32_t id, std::uint32_t connection);
  void leave_engine(std::uint32_t id, std::uint32_t connection);
  void lose_engine(std::uint32_t id);
  void admit_client(std::uint32_t id);
  void lose_client(std::uint32_t id);

  /// @param after is the task that it comes after, 0 = none
  void submit(std::uint32_t client, task_number number, const event& how,
              task_number after, instant now);

  /// @param pause is the time before a rejected task runs again
  void result(std::uint32_t engine, std::uint32_t connection, std::uint64_t key,
              wire::Outcome outcome, instant pause, instant now);
  void take_back_dispatch(std::uint32_t engine, std::uint32_t connection,
                          bool gone, std::span<const std::uint64_t> keys);
  void take_back_result(std::uint32_t client, bool gone, task_number number);

  /// Time passes.
  void tick(instant now);

  // -- what engines do --------------------------------------------------------

  void ran(std::uint32_t client, task_number number, bool well);

  // -- what the scheduler sends -----------------------------------------------

  /// A task, and how often it was handed out as the scheduler counts.
  struct attempt {
    std::uint32_t client = 0;
    task_number number = 0;
    unsigned count = 0;
  };

  /// The scheduler knows all that happens in this round.
  void begin_flush() {
    tell_heirs();
  }

  void dispatched(std::uint32_t engine, std::uint32_t connection,
                  std::uint64_t key, const attempt& what, std::uint32_t run_ms,
                  bool early);
  void reported(const attempt& what, wire::Outcome outcome);

  /// A client cancelled tasks, and that is the scheduler's answer.
  void cancel(std::uint32_t client, const cancel_request& what,
              const cancel_counts& answer);

  /// An engine is told to leave out a task.
  void revoked(std::uint32_t engine, std::uint64_t key);

  /// Looks at what should have been sent by now.
  void end_round();

  // -- what clients receive ---------------------------------------------------

  void received(std::uint32_t client, task_number number);

  // -- properties -------------------------------------------------------------

  /// The first violation, or an empty string.
  const std::string& violation() const noexcept {
    return violation_;
  }

  /// Tasks of living clients that they did not receive yet.
  std::uint64_t missing() const noexcept {
    return missing_;
  }

  std::uint64_t dispatches() const noexcept {
    return dispatches_;
  }

private:
  enum class stage : std::uint8_t {
    /// Comes after a task that did not end.
    held,
    waiting,
    /// Waits for its time.
    paused,
    running,
    due,
    reported,
    received,
  };

  struct place {
    std::uint32_t client = 0;
    task_number number = 0;

    friend auto operator<=>(const place&, const place&) = default;
  };

  struct task_state {
    stage now = stage::waiting;
    std::uint8_t sort = 0;
    std::uint8_t losses_left = 0;
    std::uint8_t retries_left = 0;
    wire::Outcome outcome{};
    /// Its result came back once, and will be sent again.
    bool resent = false;
    bool cancelled = false;
    /// It runs, but was handed out before the one that it comes after ended.
    bool early = false;
    bool ran_well = false;
    /// Attempts so far that count.
    std::uint16_t attempts = 0;
    std::uint32_t bytes = 0;
    /// Place in `extras_`, 0 if it has none.
    std::uint32_t extra = 0;
    std::uint64_t order = 0;
    task_number after = 0;

    bool ended() const noexcept {
      return now >= stage::due;
    }

    bool ended_well() const noexcept {
      return ended() && outcome == wire::Outcome::Ok;
    }
  };

  /// What only few tasks have.
  struct task_extra {
    event how;
    instant deadline = 0; // 0 = none
    instant resumes = 0;
    std::uint32_t errors = 0;
    std::uint32_t rejections = 0;
    std::set<std::uint32_t> rejected_by;
    /// An engine that it avoids if there is another one.
    std::uint32_t avoid = nobody;
    /// No engine could run it at some time of this round.
    bool unknown = false;

    /// Whether it may run on other engines than its like.
    bool special() const {
      return avoid != nobody || !rejected_by.empty();
    }
  };

  struct client_state {
    bool alive = false;
    /// The scheduler keeps its results.
    bool away = false;
    std::uint64_t outstanding = 0;
    std::vector<task_state> tasks; // by number, from 1
    /// Ranges that were cancelled before they came: first and last.
    std::vector<std::pair<task_number, task_number>> cancelled;
    /// Tasks by the one that they come after, until they are told its end.
    std::multimap<task_number, task_number> heirs;
  };

  struct waiting_task {
    std::uint64_t order = 0;
    place where{};

    friend bool operator<(const waiting_task& x, const waiting_task& y) {
      if (x.where.client != y.where.client)
        return x.where.client < y.where.client;
      return x.order < y.order;
    }
  };

  /// Tasks that need the same and have the same priority.
  struct sort {
    means needs;
    std::int8_t priority = 0;
    /// Those that wait, those of a client together, but no special ones.
    std::set<waiting_task> waiting{};
    /// Highest order that was handed out in this round, by client.
    std::map<std::uint32_t, std::uint64_t> last{};
    turn_watch turns{};
    /// Joined engines that have what is needed, and those of them with less
    /// than the hwm.
    std::uint32_t fitting = 0;
    std::uint32_t free = 0;
    /// No engine could run them at some time of this round.
    bool unknown = false;
  };

  struct running_task {
    std::uint64_t key = 0;
    std::uint32_t bytes = 0;
    std::uint32_t slots = 0;
    place where{};
  };

  struct engine_state {
    bool known = false;
    bool joined = false;
    means with{};
    std::uint32_t connection = 0;
    std::uint64_t bytes = 0;
    std::uint32_t slots = 0; // taken
    std::vector<running_task> running;
  };

  static constexpr auto nobody = std::uint32_t{0xFFFFFFFF};

  void violate(const std::string& text);

  /// Returns a task of a living client, or null.
  task_state* find(const place& x);

  engine_state& engine(std::uint32_t id);
  client_state& client(std::uint32_t id);

  /// Returns what few tasks have, or null.
  task_extra* extra(const task_state& x) {
    return x.extra > 0 ? &extras_[x.extra] : nullptr;
  }

  task_extra& need_extra(task_state& x);

  bool special(const task_state& x) const {
    return x.extra > 0 && extras_[x.extra].special();
  }

  std::uint8_t sort_of(const means& needs, std::int8_t priority);

  /// Whether an engine has to get a task that waits. If the hwm adapts, only
  /// when it has none.
  bool takes_more(const engine_state& x) const;

  /// Whether an engine may get a task.
  bool may_take_more(const engine_state& x) const;

  /// Whether an engine that joined may run a special task.
  bool admits(std::uint32_t id, const task_state& x) const;

  /// Returns the number of engines that may run a special task.
  std::uint32_t fitting(const task_state& x) const;

  /// Counts an engine among those that take more, or not any more.
  void count_free(const engine_state& x, bool free);

  /// Takes a task off an engine, if it is there.
  bool remove(engine_state& x, std::uint64_t key, running_task& result);

  void wait(const place& where, task_state& x);

  /// Lets a task wait for an engine, or for the one that it comes after.
  void wait_again(const place& where, task_state& x);

  /// Goes on with those that come after tasks which ended.
  void tell_heirs();
  void tell_heir(const place& where, bool well);

  /// Takes a task out of those that wait.
  void stop_waiting(const place& where, task_state& x);

  void pause(const place& where, task_state& x, instant until);
  void end(const place& where, task_state& x, wire::Outcome outcome);
  void reject(const place& where, task_state& x, std::uint32_t engine,
              instant pause, instant now);
  void run_again(const place& where, task_state& x, std::uint32_t engine,
                 instant now);
  void leave(engine_state& x);
  void strand(engine_state& x, bool undelivered);
  void recover(const running_task& what, bool undelivered);
  void cancel(const place& where, task_state& x, cancel_mode mode,
              cancel_counts& counts);

  /// Notes which tasks no engine can run, if only for a part of a round.
  void note_unknown();

  bool may_be_impossible(const place& where, const task_state& x);
  void check_dispatch(const place& where, std::uint32_t id,
                      std::uint32_t connection, const task_state& x,
                      bool early);

  /// Returns what is wrong with handing out a task early, or nothing.
  std::string too_early(const engine_state& host, const place& where,
                        const task_state& x);

  /// Whether a task can go to an engine that takes more, as far as room goes
  /// that the arguments of any task fit into.
  bool fits(const engine_state& host, const means& needs) const;

  void check_early();
  /// Whether the scheduler keeps the result of a task, if it has one.
  bool away(const place& x) {
    return client(x.client).away;
  }

  void check_special();
  void check_order(sort& x);
  void check_idle(sort& x);
  void check_turns();

  /// Whether arguments of tasks never fill an engine.
  bool roomy() const {
    return settings_.engine_bytes >= std::uint64_t{1} << 20;
  }

  settings settings_;
  std::vector<engine_state> engines_;
  std::vector<client_state> clients_;
  std::vector<sort> sorts_;
  std::vector<task_extra> extras_{1};
  std::set<place> special_;
  /// Tasks with a time, and that time.
  std::set<std::pair<instant, place>> timers_;
  std::uint32_t joined_ = 0;

  // Of this round.
  std::vector<place> due_;
  /// Tasks whose heirs do not know yet how they ended.
  std::vector<place> ended_;
  /// Engines that got tasks early.
  std::set<std::uint32_t> early_hosts_;
  std::vector<std::pair<std::uint32_t, std::uint8_t>> handed_out_;
  std::map<std::int8_t, std::vector<std::uint32_t>> served_;
  std::uint64_t to_revoke_ = 0;

  std::uint64_t order_ = 0;
  std::uint64_t missing_ = 0;
  std::uint64_t dispatches_ = 0;
  std::string violation_;
};

} // namespace troupe::simulation
