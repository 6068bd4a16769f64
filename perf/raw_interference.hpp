// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/partner.hpp"
#include "lane_setup.hpp"

#include <memory>

namespace troupe::perf {

/// REQ/REP of small messages beside PUSH/PULL of large ones, with plain ZeroMQ:
/// two processes, a context each, a thread per socket.
class raw_interference {
public:
  explicit raw_interference(const lane_setup& setup);

  ~raw_interference();

  raw_interference(const raw_interference&) = delete;
  raw_interference& operator=(const raw_interference&) = delete;

  /// Throws `std::runtime_error` if a message is missing or wrong.
  measurement run();

private:
  struct impl;

  std::unique_ptr<impl> pimpl_;
};

/// The process that answers and sends large messages.
role raw_lanes_role();

} // namespace troupe::perf
