// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "actors/scheduling/lane.hpp"
#include "troupe/scheduling/direct_core.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace troupe::test {

/// A call as a test wants to submit it.
struct cast_spec {
  task_number number = 0;
  std::vector<std::uint32_t> engines{};
  std::string arguments{};
  std::vector<buffer> frames{};
  std::uint32_t item_size = 0;
  std::uint8_t flags = 0;
};

multipart cast_message(client_id id, const std::vector<cast_spec>& calls);

/// `count` calls of the same engines; the first result has the number `first`.
std::vector<cast_spec> casts(task_number first, std::size_t count,
                             std::vector<std::uint32_t> engines,
                             std::uint8_t flags = 0);

/// Plays engines and clients around the rules of the direct scheduler, and has
/// them validated after each round.
class cast_lane {
public:
  explicit cast_lane(const direct_scheduler_config& cfg = {}) : core(cfg) {
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

  direct_core core;
};

} // namespace troupe::test
