// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "simulation/story.hpp"
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
/// * No task goes to an engine that did not join, that left, or that has no
///   room left; no key serves twice.
/// * Of a client's tasks with the same function, older ones go first.
/// * No engine has room while a task that it can run waits.
/// * Credit is kept on both sides.
class oracle {
public:
  explicit oracle(const settings& x) : settings_(x) {
    // nop
  }

  // -- what the scheduler is told ---------------------------------------------

  void admit_engine(std::uint32_t id, std::uint32_t functions);
  void join_engine(std::uint32_t id, std::uint32_t connection);
  void lose_engine(std::uint32_t id);
  void admit_client(std::uint32_t id);
  void lose_client(std::uint32_t id);
  void submit(std::uint32_t client, task_number number, const event& how);
  void result(std::uint32_t engine, std::uint32_t connection, std::uint64_t key,
              wire::Outcome outcome);
  void take_back_dispatch(std::uint32_t engine, std::uint32_t connection,
                          bool gone, std::span<const std::uint64_t> keys);
  void take_back_result(std::uint32_t client, bool gone, task_number number);

  // -- what the scheduler sends -----------------------------------------------

  void dispatched(std::uint32_t engine, std::uint32_t connection,
                  std::uint64_t key, std::uint32_t client, task_number number);
  void reported(std::uint32_t client, task_number number,
                wire::Outcome outcome);

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
  enum class stage : std::uint8_t { waiting, running, due, reported, received };

  struct task_state {
    stage now = stage::waiting;
    std::uint8_t function = 0;
    std::uint8_t losses_left = 0;
    std::uint8_t retries_left = 0;
    wire::Outcome outcome{};
    /// Its result came back once, and will be sent again.
    bool resent = false;
    std::uint32_t bytes = 0;
    std::uint64_t order = 0;
  };

  struct client_state {
    bool alive = false;
    /// The scheduler keeps its results.
    bool away = false;
    std::uint64_t outstanding = 0;
    std::vector<task_state> tasks; // by number, from 1
  };

  struct place {
    std::uint32_t client = 0;
    task_number number = 0;
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

  struct running_task {
    std::uint64_t key = 0;
    std::uint32_t bytes = 0;
    place where{};
  };

  struct engine_state {
    bool known = false;
    bool joined = false;
    std::uint32_t functions = 0;
    std::uint32_t connection = 0;
    std::uint64_t bytes = 0;
    std::vector<running_task> running;
  };

  void violate(const std::string& text);

  /// Returns a task of a living client, or null.
  task_state* find(const place& x);

  engine_state& engine(std::uint32_t id);
  client_state& client(std::uint32_t id);

  bool takes_more(const engine_state& x) const;

  /// Counts an engine among those that take more, or not any more.
  void count_free(const engine_state& x, bool free);

  /// Takes a task off an engine, if it is there.
  bool remove(engine_state& x, std::uint64_t key, running_task& result);

  void wait(const place& where, task_state& x);
  void end(const place& where, task_state& x, wire::Outcome outcome);
  void leave(engine_state& x);
  void strand(engine_state& x);
  void recover(const running_task& what, bool undelivered);

  /// Notes which functions no engine knows, if only for a part of a round.
  void note_unknown();

  void check_order(std::uint32_t function);
  void check_idle(std::uint32_t function);

  settings settings_;
  std::vector<engine_state> engines_;
  std::vector<client_state> clients_;
  /// Waiting tasks by function, those of a client together.
  std::set<waiting_task> waiting_[4];
  /// Highest order that was handed out in this round, by function and client.
  std::map<std::uint32_t, std::uint64_t> last_[4];
  /// Engines that know a function, and those of them with less than the hwm.
  std::uint32_t knowing_[4] = {};
  std::uint32_t free_[4] = {};
  std::uint32_t joined_ = 0;
  std::vector<place> due_;
  bool unknown_[4] = {};
  std::uint64_t order_ = 0;
  std::uint64_t missing_ = 0;
  std::uint64_t dispatches_ = 0;
  std::string violation_;
};

} // namespace troupe::simulation
