// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/interfaces.hpp"
#include "troupe/protocol/pack.hpp"
#include "troupe/protocol/read.hpp"
#include "troupe/scheduling/scheduler_core.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace troupe::test {

/// The function that engines of tests know unless told otherwise.
inline constexpr auto work = function_id{1};

inline routing_id peer_of(engine_id id) {
  return routing_id{to_string(id)};
}

inline routing_id peer_of(client_id id) {
  return routing_id{to_string(id)};
}

inline std::uint64_t token_of(engine_id id) {
  return 1000 + value(id);
}

inline std::uint64_t token_of(client_id id) {
  return 2000000 + value(id);
}

/// A task as a test wants to submit it.
struct task_spec {
  task_number number = 0;
  std::uint8_t attempts = 1;
  std::uint8_t retries = 0;
  function_id function = work;
  std::string arguments{};
  std::vector<buffer> frames{};
  std::int8_t priority = 0;
  task_demand demand{};
  /// Numbers of tasks that it comes after, that it follows, and of targets.
  std::vector<std::uint64_t> references{};
  resources needs{};
};

/// A task as an engine received it.
struct dispatched_task {
  std::uint64_t key = 0;
  function_id function{};
  unsigned attempt = 0;
  std::string arguments;
  std::vector<buffer> frames;
  /// If it was handed out early: the key of the task right before it, else 0.
  std::uint64_t behind = 0;
};

/// A result as a client received it.
struct reported_task {
  task_number number = 0;
  wire::Outcome outcome{};
  engine_id engine{};
  unsigned attempts = 0;
  std::string bytes;
  std::vector<buffer> frames;
  failure why;
};

/// What one `flush` sent, sorted by receiver.
struct lane_output {
  std::map<engine_id, std::vector<dispatched_task>> dispatched;
  std::map<client_id, std::vector<reported_task>> reported;
  std::map<client_id, unsigned> credits;
  /// How many tasks an engine was asked to give back.
  std::map<engine_id, std::uint32_t> wanted_back;
  std::vector<std::pair<std::string, wire::RefusalCode>> refusals;
  std::vector<engine_id> gone_engines;
  std::vector<client_id> gone_clients;
  std::vector<std::pair<engine_id, revocation>> revoked;
  /// Number of messages with tasks or results in them.
  std::size_t batches = 0;
  /// All messages, as they were sent.
  std::vector<multipart> messages;
};

// Messages as peers send them.
multipart join_message(const routing_id& peer, std::uint64_t token);
multipart submit_message(client_id id, const std::vector<task_spec>& tasks);

/// Results for dispatches, by key.
multipart results_message(engine_id id, const std::vector<std::uint64_t>& keys,
                          wire::Outcome outcome = wire::Outcome::Ok,
                          std::uint64_t run_ns = 1000000);

/// A rejection, with the words "not here".
multipart rejection_message(engine_id id, std::uint64_t key,
                            std::chrono::milliseconds retry_after);

engine_joined announcement(engine_id id, std::vector<function_id> functions);

/// Tasks with the numbers from `first` to `last`.
std::vector<task_spec> tasks(task_number first, task_number last,
                             std::uint8_t attempts = 1,
                             std::uint8_t retries = 0);

/// Sorts messages by receiver. Fails the test if one cannot be read.
lane_output sort_out(scheduler_actions actions);

/// Plays engines and clients around a scheduler's rules, and has the rules
/// validated after each round.
class lane {
public:
  explicit lane(const task_scheduler_config& cfg) : core(cfg) {
    // nop
  }

  /// Admits an engine and lets it join.
  void add(engine_id id, std::vector<function_id> functions = {work});

  /// Admits a client and lets it join.
  void add(client_id id);

  void submit(client_id id, const std::vector<task_spec>& tasks) {
    core.receive(submit_message(id, tasks));
  }

  /// Answers dispatches.
  void answer(engine_id id, const std::vector<dispatched_task>& xs,
              wire::Outcome outcome = wire::Outcome::Ok);

  /// Moves time forward and ticks.
  void advance(std::chrono::milliseconds dt);

  /// Ends the round.
  lane_output flush();

  scheduler_core core;

private:
  scheduler_core::time_point now_{};
};

} // namespace troupe::test
