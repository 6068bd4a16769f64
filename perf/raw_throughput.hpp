// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/partner.hpp"
#include "stream.hpp"

#include <memory>

namespace troupe::perf {

/// PUSH to PULL with plain ZeroMQ, as libzmq's `remote_thr` and `local_thr`:
/// two processes, or over inproc two threads that share a context.
class raw_throughput {
public:
  explicit raw_throughput(const stream_setup& setup);

  ~raw_throughput();

  raw_throughput(const raw_throughput&) = delete;
  raw_throughput& operator=(const raw_throughput&) = delete;

  /// Moves the messages once. Throws `std::runtime_error` if one is missing or
  /// wrong.
  measurement run(const stream_job& job);

private:
  struct impl;

  std::unique_ptr<impl> pimpl_;
};

/// The sending process.
role raw_push_role();

} // namespace troupe::perf
