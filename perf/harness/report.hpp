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
  report(std::FILE* out, bool json, bool shows_progress = false)
    : out_(out), json_(json), shows_progress_(shows_progress) {
    // nop
  }

  /// One run, a summary (`summary` is true), or a ratio (`ratio` is true).
  void add(row x);

  /// Tells what runs now, on standard error, in place of what it told before.
  void progress(const std::string& text);

  /// Rows added so far that sum up runs.
  const std::vector<row>& summaries() const noexcept {
    return rows_;
  }

  /// Prints the table, unless the rows went out as JSON.
  void finish();

private:
  std::FILE* out_;
  bool json_;
  bool shows_progress_;
  std::vector<row> rows_;
};

/// Lays rows out as a table: a line of names, then a line each. A field `x`
/// with `x_mad`, `x_min` and `x_max` beside it is one cell, `20 +-1 (18-23)`.
std::string to_table(const std::vector<row>& rows);

} // namespace troupe::perf
