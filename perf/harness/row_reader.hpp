// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/row.hpp"

#include <caf/expected.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace troupe::perf {

/// What a run with `--json` wrote.
struct results {
  std::vector<row> rows;

  /// Where the first row says that it comes from; may be empty.
  row origin;
};

/// Reads rows back. Fails with the number of the line if it is no row.
caf::expected<results> parse_results(std::string_view text);

/// Reads a file of rows. Fails with a sentence that names the file.
caf::expected<results> read_results(const std::string& path);

} // namespace troupe::perf
