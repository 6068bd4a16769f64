// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/limits.hpp"
#include "troupe/protocol/control.hpp"
#include "troupe/scheduling/constraint_graph.hpp"
#include "troupe/scheduling/lane_core.hpp"
#include "troupe/scheduling/schemes/schemes.hpp"
#include "troupe/scheduling/task_queue.hpp"
#include "troupe/scheduling/task_table.hpp"
#include "troupe/scheduling/task_timers.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe {

struct engine_joined;
struct scheduler_status;

struct task_scheduler_config {
  /// How an engine is picked.
  const placement_scheme* scheme = &leastload_scheme();

  /// For schemes that draw engines by chance.
  std::uint64_t seed = 1;

  /// Most tasks outstanding per engine; 0 = adapts to measured task times.
  std::uint32_t hwm = 0;

  /// Credit of each client.
  std::uint32_t client_tasks = limits::client_tasks;
  std::uint64_t client_bytes = limits::client_bytes;

  /// Argument bytes outstanding per engine.
  std::uint64_t engine_bytes = limits::engine_bytes;

  /// How long tasks wait while there is no engine at all, before they end as
  /// `Impossible`.
  std::chrono::milliseconds engine_wait{30000};

  /// Tasks of each client, the latest ones, that later tasks may depend on.
  /// Older ones that have not ended count, too.
  std::uint32_t history = limits::history;

  /// Time between two looks at waiting times.
  std::chrono::milliseconds period{1000};
};

/// The rules of the task scheduler: owns each task from its acceptance to its
/// one report.
///
///     Submit -> accept -> [line] -> Dispatch -> (engine) -> Results -> report
///                 |         ^ ^                    |
///                 +- [held]-+ +-- lost, error: again
///
/// Tasks that depend on others, or that wait before they run again, are held
/// outside of the lines.
///
/// A task that comes after another one is handed out early if it can: right
/// behind it, to the same engine, which runs it only if the one before it ended
/// well. See docs/decisions/0022.
///
/// Takes events; nothing is handed out or sent before `flush`, so that batches
/// form by themselves out of what arrived together. Knows no clock: time is
/// what `advance` says.
class scheduler_core : public lane_core {
public:
  // -- constructors, destructors, and assignment operators --------------------

  explicit scheduler_core(const task_scheduler_config& cfg);

  /// How long an engine is silent before it is asked for tasks that wait there
  /// while others have nothing to do, and how often that is looked at.
  static constexpr auto balance_period = std::chrono::milliseconds{20};

  // -- events -----------------------------------------------------------------

  /// Lets an engine or a client join with its token.
  void admit(const engine_joined& x);
  void admit(client_id id, std::uint64_t token);

  /// Gives up an engine: its tasks run again elsewhere or end as lost.
  void lose(engine_id id);

  /// Gives up a client: its waiting tasks are dropped, its results discarded.
  void lose(client_id id);

  /// Cancels tasks of a client. Nothing happens if there is no such client.
  cancel_counts cancel(client_id id, const cancel_request& what);

  /// Looks at waiting times, and tries again to send what came back.
  void tick();

  // -- actions ----------------------------------------------------------------

  /// Hands out tasks and returns all that is to be done.
  scheduler_actions flush();

  // -- properties -------------------------------------------------------------

  /// Whether something waits that only `tick` moves on, sooner or later.
  bool needs_tick() const noexcept;

  /// When `tick` is due at the latest, if that matters.
  std::optional<time_point> next_due() const;

  /// Everything but the socket's counters.
  scheduler_status status() const;

  /// Says why a task waits; number 0: counts all by reason, with an example.
  wait_reports why(const task_id& id);

  /// Looks for contradictions between all tables. For tests, after `flush`.
  /// @returns the first one found, or an empty string.
  std::string validate() const;

private:
  // -- peers ------------------------------------------------------------------

  bool joined(const engine_record& engine) const override;
  void enter(engine_record& engine) override;
  void leave(engine_record& engine) override;
  void strand(engine_record& engine) override;
  void withdraw(engine_record& engine) override;

  // -- tasks ------------------------------------------------------------------

  void submit(client_record& client, message_view message) override;

  /// Whether the numbers ascend and all fields make sense.
  static bool plausible(const client_record& client,
                        const task_batch_view& tasks);

  bool has_credit(const client_record& client, const task_batch_view& tasks,
                  const demand_view& demands) const;

  void accept(client_record& client, std::shared_ptr<const submission> batch,
              const demand_view& demands);

  task& accept(client_record& client, const wire::TaskEntry& entry);

  /// Lets a task with demands wait for what it depends on.
  void accept_demands(task& x, const demand_view& demands,
                      const wire::Demand& demand);

  /// Puts a task to the end of its line.
  void make_ready(task& x);

  void hold(task& x);

  /// Goes on with tasks whose dependencies ended, and all that follows.
  void decide();

  /// Takes a task that does not run out of where it waits.
  void stop_waiting(task& x);

  /// Acts on the timers that are due.
  void wake_up();

  void dispatch(task& x);

  // -- tasks that are handed out early ----------------------------------------

  /// Looks at the end of the round for tasks that can be handed out early
  /// behind the last one of an engine.
  void look_behind_last(engine_record& engine);

  /// Hands out tasks early while engines have room that nobody else needs.
  void hand_out_early();

  /// The same for one engine.
  void hand_out_early(engine_record& engine);

  /// Lets a task that was handed out early wait for its dependencies, or run
  /// again if they are met by now.
  void wait_again(task& x);

  // -- tasks that wait behind long ones ---------------------------------------

  /// Looks for engines that have tasks to give back, from time to time.
  void balance();

  /// Engines that have nothing to do, by kind.
  using idle_kinds = std::vector<std::pair<const engine_kind*, std::size_t>>;

  /// Asks an engine for tasks that others could run.
  void ask_back(engine_record& engine, const idle_kinds& idle);

  /// Recovers the tasks of a dispatch that was not sent.
  void undo(engine_record* engine, bool gone, multipart message) override;

  /// Lets a dispatched task run again, or ends it as lost. An attempt that was
  /// not even delivered does not count.
  void recover(task& x, bool undelivered);

  // -- cancelling -------------------------------------------------------------

  void cancel(task& x, cancel_mode mode, cancel_counts& counts);

  /// Ends a task that does not run.
  void abort(task& x);

  /// Ends the task of that number, if it is there and does not run.
  void abort_number(client_record& client, task_number number);

  /// @param in_detail also names an example of what it depends on
  wait_report reason_of(const task& x, bool in_detail) const;
  wait_report reason_to_wait(const task& x) const;

  // -- results ----------------------------------------------------------------

  void collect(engine_record& engine, const message_view& message) override;

  void collect(engine_record& engine, const wire::ResultEntry& entry,
               const result_batch_view& results);

  /// Runs a task again, after all events of this round.
  void retry(task& x);

  /// Whether a task may run again after an error.
  bool may_retry(const task& x) const;

  /// Runs a task again after an error, when and where its demands say.
  void retry_after_error(task& x, engine_id engine);

  /// Puts back what runs again.
  void put_back();

  /// Holds a task for a while before it runs again.
  void pause(task& x, std::chrono::milliseconds time);

  /// Runs a task again that an engine rejected, or ends it.
  void take_rejection(task& x, engine_id engine, const rejection& what);

  /// Ends tasks that no engine can run.
  void reject(const std::vector<task*>& xs);

  /// Says why no engine can run a task.
  failure obstacle(const task& x);
  std::string lack_of(const task_demands& x, function_id function);

  /// Ends a task without a result of an engine.
  void conclude(task& x, wire::Outcome outcome, engine_id engine,
                const failure& why);

  /// Ends a task: adds the result to the client's batch and forgets the task.
  void report(task& x, const wire::ResultEntry& entry,
              std::span<const std::byte> inline_bytes,
              std::span<const buffer> frames);

  // -- member variables -------------------------------------------------------

  task_scheduler_config cfg_;
  time_point unstaffed_since_{};

  task_table tasks_;
  task_queue queue_;
  constraint_graph graph_;
  task_timers timers_;
  task_list<&task::place> held_;

  time_point balance_at_ = time_point::max();

  // Of this round.
  std::vector<task*> again_;
  std::vector<engine_record*> news_; // with `has_news`

  std::uint64_t last_sequence_ = 0;
  std::uint64_t redispatched_ = 0;
};

} // namespace troupe
