// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/protocol/control.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace troupe {

/// Numbers that a client cancelled before they came: a cancel overtakes what is
/// queued.
class early_cancels {
public:
  /// Most ranges to remember.
  static constexpr auto most = std::size_t{1024};

  bool empty() const noexcept {
    return ranges_.empty();
  }

  /// Notes the numbers of `xs` above `last`, the highest one that came.
  /// @returns how many of them there are
  std::uint64_t add(const std::vector<task_range>& xs, task_number last);

  /// Whether a number that comes now was cancelled. Numbers ascend: ranges
  /// below it are forgotten.
  bool covers(task_number x);

private:
  struct range {
    task_number first;
    task_number last;
  };

  std::vector<range> ranges_;
};

} // namespace troupe
