// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/compete.hpp"
#include "harness/partner.hpp"

#include <cstddef>
#include <memory>

namespace troupe::perf {

/// The flood as requests through a NATS server to worker processes that share
/// them in a queue group.
class nats_flood {
public:
  /// Starts a server on this machine and `workers` workers. Throws
  /// `std::runtime_error`, also if there is no `nats-server` in the path.
  explicit nats_flood(std::size_t workers);

  ~nats_flood();

  /// Throws `std::runtime_error` if an answer is wrong, missing or double.
  measurement run(std::size_t tasks, std::size_t size);

private:
  struct impl;

  std::unique_ptr<impl> pimpl_;
};

/// A worker: sends each payload back to whom it came from.
role nats_worker_role();

} // namespace troupe::perf
