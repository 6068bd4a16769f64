// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/partner.hpp"
#include "stream.hpp"

#include <memory>

namespace troupe::perf {

/// REQ and REP with plain ZeroMQ, as libzmq's `local_lat` and `remote_lat`: two
/// processes, or over inproc two threads that share a context.
class raw_latency {
public:
  explicit raw_latency(const stream_setup& setup);

  ~raw_latency();

  raw_latency(const raw_latency&) = delete;
  raw_latency& operator=(const raw_latency&) = delete;

  /// Makes round trips one after the other. Throws `std::runtime_error` if an
  /// answer is missing or wrong.
  measurement run(const stream_job& job);

private:
  struct impl;

  std::unique_ptr<impl> pimpl_;
};

/// The answering process.
role raw_reply_role();

/// Sums up the times of round trips, in seconds.
measurement to_latency(const std::vector<double>& seconds);

} // namespace troupe::perf
