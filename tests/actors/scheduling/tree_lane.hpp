// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "actors/scheduling/cast_lane.hpp"
#include "troupe/scheduling/cast_root.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace troupe::test {

/// A root and its leaves, with the interface of a `direct_core`.
class tree_core {
public:
  tree_core(const direct_scheduler_config& cfg, std::uint32_t leaves);

  void admit(const engine_joined& x);
  void admit(client_id id, std::uint64_t token);
  void receive(multipart message);
  void lose(engine_id id);
  void lose(client_id id);
  void take_back(ec reason, multipart message);
  cancel_counts cancel(client_id id, const cancel_request& what);
  void tick();
  scheduler_actions flush();
  scheduler_status status() const;
  std::string validate() const;

  direct_core& leaf_with(engine_id id) {
    return *leaves[leaf_of(id, leaves.size())];
  }

  cast_root root;
  std::vector<std::unique_ptr<direct_core>> leaves;

  /// What went up and down in the last round.
  std::vector<cast_orders> orders;
  std::vector<leaf_report> reports;

private:
  /// Gives leaves what the root has for them.
  void pass_down();

  /// What is to be done at the end of the round.
  scheduler_actions done_;
};

/// Plays engines and clients around a tree.
class tree_lane {
public:
  explicit tree_lane(const direct_scheduler_config& cfg = {},
                     std::uint32_t leaves = 4)
    : core(cfg, leaves) {
    // nop
  }

  /// Admits somebody and lets it join.
  void add(engine_id id);
  void add(client_id id);

  void submit(client_id id, const std::vector<cast_spec>& calls) {
    core.receive(cast_message(id, calls));
  }

  void answer(engine_id id, const std::vector<dispatched_task>& xs,
              wire::Outcome outcome = wire::Outcome::Ok);

  /// Ends the round.
  lane_output flush();

  tree_core core;
};

} // namespace troupe::test
