// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <troupe/bridge.hpp>

#include <caf/typed_event_based_actor.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <vector>

/// The SOURCE interface: has tasks, and hands them out to workers that ask.
using pipeline_source_actor = troupe::socket_owner_actor::extend<
  // Takes tasks. Fails with `ec::limit_reached` when too many wait already.
  caf::reacts_to<troupe::outgoing>>;

/// Matches tasks with credit.
class pipeline_source_state {
public:
  static inline const char* name = "pipeline-source";

  static constexpr std::size_t max_tasks = 1'000'000;
  static constexpr std::size_t max_workers = 10'000;

  /// Takes tasks.
  /// @returns whether there was room for all of them; if not, none is taken.
  bool add(std::vector<troupe::multipart> tasks);

  /// Notes that `worker` asks for `n` more tasks, of at most `max_tasks`. Is
  /// deaf for new workers while `max_workers` wait for tasks.
  void grant(const troupe::routing_id& worker, std::uint64_t n);

  /// Takes back a task whose worker is gone, for the next one.
  void give_back(troupe::multipart task);

  /// Returns the tasks that can go now, with their workers.
  std::vector<troupe::multipart> next();

private:
  std::deque<troupe::multipart> tasks_;
  std::map<troupe::routing_id, std::uint64_t> credit_;
};

/// Hands tasks out over `socket`, a ROUTER.
pipeline_source_actor::behavior_type pipeline_source(
  pipeline_source_actor::stateful_pointer<pipeline_source_state> self,
  troupe::socket_actor socket);
