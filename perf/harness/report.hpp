// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/provenance.hpp"
#include "harness/row.hpp"

#include <cstddef>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace troupe::perf {

/// Where rows go: to `out` as JSON, a line each at once, or as tables of the
/// summaries. Keeps them all, for files that are written in the end.
class report {
public:
  report(std::FILE* out, bool json, bool shows_progress = false)
    : out_(out), json_(json), shows_progress_(shows_progress) {
    // nop
  }

  /// Says where the figures come from: JSON rows have it as `provenance`, the
  /// first table has it above it.
  void set_provenance(provenance x);

  /// One run, a summary (`summary` is true), or a ratio (`ratio` is true).
  void add(row x);

  /// Tells, on standard error, that a part of the run failed, and goes on.
  void fail(const std::string& what, const std::string& why);

  /// Parts that failed, and why.
  const std::vector<std::pair<std::string, std::string>>&
  failures() const noexcept {
    return failures_;
  }

  /// Tells what runs now, on standard error, in place of what it told before.
  void progress(const std::string& text);

  /// All rows so far.
  const std::vector<row>& rows() const noexcept {
    return rows_;
  }

  /// Where the figures come from, as far as that was said.
  const std::optional<provenance>& origin() const noexcept {
    return origin_;
  }

  /// Prints what was added since the last call as a table, unless it went out
  /// as JSON.
  void finish();

private:
  std::FILE* out_;
  bool json_;
  bool shows_progress_;
  std::optional<provenance> origin_;
  std::vector<row> rows_;
  std::vector<std::pair<std::string, std::string>> failures_;
  std::size_t printed_ = 0;
};

/// Whether a row belongs into tables: single runs do not.
bool sums_up(const row& x);

/// Lays rows out as a table: a line of names, then a line each. A field `x`
/// with `x_mad`, `x_min` and `x_max` beside it is one cell, `20 +-1 (18-23)`.
std::string to_table(const std::vector<row>& rows);

} // namespace troupe::perf
