// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/partner.hpp"

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace troupe::perf {

/// A run of this program in a process of its own, which ends with this object
/// at the latest.
class bench_process {
public:
  /// Throws `std::runtime_error` if the process cannot be started.
  explicit bench_process(std::vector<std::string> arguments);

  ~bench_process();

  bench_process(const bench_process&) = delete;
  bench_process& operator=(const bench_process&) = delete;

  /// Waits for the next line that it prints. Returns nothing in the end, or
  /// after `seconds`.
  std::optional<std::string> read(int seconds);

  /// Waits until the process is gone; stops it if it does not end. Returns why
  /// it failed; empty if it did not.
  std::string finish();

private:
  line_stream lines_;
  pid_t pid_ = 0;
};

/// Whether this process is such a run: it need not repeat warnings.
bool is_bench_process() noexcept;

} // namespace troupe::perf
