// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/process/connection_info.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace troupe {

/// Why a cluster did not start.
struct start_failure {
  /// Exit code of the controller.
  int exit = 1;
  std::string message{};
  std::string hint{};
  /// What an engine wrote last.
  std::vector<std::string> lines{};
};

/// Tells whoever waits at the descriptor `report`, which is closed then, that
/// the cluster runs. Nothing happens if `report` is negative.
/// @param seconds that the start took
void report_start(int report, const connection_info& info, std::size_t engines,
                  double seconds);

/// Tells that it does not; people, on stderr, if `report` is negative.
void report_start(int report, const start_failure& x);

} // namespace troupe
