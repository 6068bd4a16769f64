// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "simulation/story.hpp"
#include "troupe/protocol/pack.hpp"
#include "troupe/protocol/read.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <span>
#include <vector>

/// The ends of the task lane that a simulation plays.
namespace troupe::simulation {

/// Whose task it is, as the arguments say.
struct task_name {
  std::uint32_t client = 0;
  std::uint32_t unused = 0;
  task_number number = 0;
};

task_name name_of(std::span<const std::byte> arguments);

/// Runs tasks one after the other, in groups whose results it sends together.
struct engine {
  struct assignment {
    std::uint64_t key = 0;
    task_name task{};
    unsigned attempt = 0;
    /// Longest time that it may run; 0 = no limit.
    instant limit = 0;
    bool revoked = false;
    /// It runs only if this was the last one, and ended well; 0 = always.
    std::uint64_t behind = 0;
    /// How it ends, once it began.
    wire::Outcome outcome{};
  };

  /// A task that ran, in the order in which they did.
  struct run {
    task_name task{};
    bool well = false;
  };

  bool alive = false;
  means with{};
  std::uint32_t connection = 0;
  std::deque<assignment> tasks;
  /// Number of tasks at the front that it works on.
  std::size_t working = 0;
  /// The last task if it ended well, or 0.
  std::uint64_t last_good = 0;
  /// Keys that were revoked before they came.
  std::set<std::uint64_t> early;
  /// The first task that it works on takes too long, and does not stop.
  bool stuck = false;

  /// Takes the tasks of a `Dispatch`.
  /// @param behind is the task right before the first one
  void take(const task_batch_view& batch,
            std::span<const wire::RunLimit> limits, std::uint64_t behind);

  /// Leaves out tasks that did not begin; those that did may stop, and what
  /// does not ends with the engine if that is the mode.
  /// @returns whether the engine ends
  bool revoke(std::uint64_t seed, const settings& x, const revocation& what);

  /// Ends the work at once, as the process ends: nothing but the first task
  /// that it works on has a result.
  multipart give_up(wire::Outcome outcome);

  /// Takes up to `count` tasks that it does not work on off the end.
  /// @returns results that say so, or a message without frames if there are
  ///          none.
  multipart give_back(std::size_t count);

  /// Begins to work on the next group. @returns how long that takes.
  instant begin(std::uint64_t seed, const settings& x);

  /// Ends the work on a group, and says what ran. @returns its results.
  multipart finish(std::uint64_t seed, std::vector<run>& ran);

private:
  /// @param last is the task before it if that ends well, or 0
  instant begin(std::uint64_t seed, const settings& x, assignment& y,
                std::uint64_t last);

  static void add_result(result_batch_builder& builder, std::uint64_t seed,
                         const assignment& y);
};

/// Submits what its credit allows.
struct client {
  bool alive = false;
  std::uint32_t id = 0;
  std::uint32_t connection = 0;
  std::deque<event> backlog;
  task_number last = 0;
  /// The task that the next one comes after, or 0.
  task_number after = 0;
  std::uint32_t credit = 0;
  std::uint32_t outstanding = 0;

  /// Returns what is to be sent now, as messages without a peer.
  std::vector<multipart> submits();

private:
  void demand(task_batch_builder& builder, const event& x,
              const resources& needs) const;
};

} // namespace troupe::simulation
