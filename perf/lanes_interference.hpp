// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/partner.hpp"
#include "lane_setup.hpp"

#include <memory>

namespace troupe::perf {

/// Small requests beside large messages over lanes: one logical peer, three
/// connections. The other measurements of interference set up plain sockets.
class lanes_interference {
public:
  explicit lanes_interference(const lane_setup& setup);

  ~lanes_interference();

  lanes_interference(const lanes_interference&) = delete;
  lanes_interference& operator=(const lanes_interference&) = delete;

  /// Throws `std::runtime_error` if a message is missing or wrong.
  measurement run();

private:
  struct impl;

  std::unique_ptr<impl> pimpl_;
};

/// The process that answers and sends large messages.
role lanes_peer_role();

} // namespace troupe::perf
