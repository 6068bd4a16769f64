// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/partner.hpp"
#include "stream.hpp"

#include <memory>

namespace troupe::perf {

/// PUSH to PULL through the bridge: an actor sends messages to its socket, an
/// actor in another process (over inproc: another actor system) counts what
/// its socket delivers.
class actor_throughput {
public:
  explicit actor_throughput(const stream_setup& setup);

  ~actor_throughput();

  actor_throughput(const actor_throughput&) = delete;
  actor_throughput& operator=(const actor_throughput&) = delete;

  /// Moves the messages once. Throws `std::runtime_error` if one is missing or
  /// wrong.
  measurement run(const stream_job& job);

private:
  struct impl;

  std::unique_ptr<impl> pimpl_;
};

/// The sending process.
role actor_push_role();

} // namespace troupe::perf
