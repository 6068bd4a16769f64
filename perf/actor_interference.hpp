// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/partner.hpp"
#include "lane_setup.hpp"

#include <memory>

namespace troupe::perf {

/// REQ/REP of small messages beside PUSH/PULL of large ones, through the
/// bridge: two processes, a pump for small messages and one for large ones.
class actor_interference {
public:
  explicit actor_interference(const lane_setup& setup);

  ~actor_interference();

  actor_interference(const actor_interference&) = delete;
  actor_interference& operator=(const actor_interference&) = delete;

  /// Throws `std::runtime_error` if a message is missing or wrong.
  measurement run();

private:
  struct impl;

  std::unique_ptr<impl> pimpl_;
};

/// The process that answers and sends large messages.
role actor_lanes_role();

} // namespace troupe::perf
