// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/row.hpp"

#include <cstdio>
#include <string>
#include <vector>

namespace troupe::perf {

/// Where rows go: to `out` as JSON, a line each at once, or in the end as a
/// table of the summaries.
class report {
public:
  report(std::FILE* out, bool json) : out_(out), json_(json) {
    // nop
  }

  /// One run, a summary (`summary` is true), or a ratio (`ratio` is true).
  void add(row x);

  /// Prints the table, unless the rows went out as JSON.
  void finish();

private:
  std::FILE* out_;
  bool json_;
  std::vector<row> rows_;
};

/// Lays rows out as a table: a line of names, then a line each. A field `x`
/// with `x_mad`, `x_min` and `x_max` beside it is one cell, `20 +-1 (18-23)`.
std::string to_table(const std::vector<row>& rows);

} // namespace troupe::perf
