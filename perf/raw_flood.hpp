// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/compete.hpp"

#include <memory>
#include <string>
#include <vector>

namespace troupe::perf {

/// A plain ZeroMQ client of a `raw_device`: one DEALER, one message per task.
class raw_flood {
public:
  explicit raw_flood(const std::string& endpoint);

  ~raw_flood();

  raw_flood(const raw_flood&) = delete;
  raw_flood& operator=(const raw_flood&) = delete;

  /// Sends `inputs` as fast as it can, takes what comes back meanwhile, and
  /// returns when all answers are there. Throws `std::runtime_error` if one is
  /// wrong.
  measurement run(const std::vector<std::string>& inputs);

private:
  struct impl;

  std::unique_ptr<impl> pimpl_;
};

} // namespace troupe::perf
