// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/partner.hpp"
#include "stream.hpp"

#include <memory>

namespace troupe::perf {

/// REQ and REP through the bridge: an actor makes CAF requests to its socket,
/// an actor in another process (over inproc: another actor system) answers.
class actor_latency {
public:
  explicit actor_latency(const stream_setup& setup);

  ~actor_latency();

  actor_latency(const actor_latency&) = delete;
  actor_latency& operator=(const actor_latency&) = delete;

  /// Makes round trips one after the other. Throws `std::runtime_error` if an
  /// answer is missing or wrong.
  measurement run(const stream_job& job);

private:
  struct impl;

  std::unique_ptr<impl> pimpl_;
};

/// The answering process.
role actor_reply_role();

} // namespace troupe::perf
