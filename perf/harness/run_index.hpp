// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/row.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace troupe::perf {

/// A median and how far to trust it.
struct figure_value {
  double median = 0;
  double mad = 0;
  double min = 0;
  double max = 0;
  double runs = 1;

  /// Half the width of what the median of as many other runs would keep to.
  double notch() const;
};

/// One figure: what was measured, and its name.
struct subject {
  /// Dimensions of the row, with `bench` and `path`.
  row key;
  std::string metric;

  /// The same for any order of the fields.
  std::pair<std::string, std::string> name() const;
};

/// Figures of one file. Workloads may have rows that differ in nothing but
/// their figures, and a file may hold several runs.
class run_index {
public:
  explicit run_index(const std::vector<row>& rows);

  /// In the order in which they come in the file.
  const std::vector<subject>& subjects() const noexcept {
    return subjects_;
  }

  bool contains(const subject& x) const {
    return summaries_.contains(x.name());
  }

  /// Takes all runs of a figure, which has to be there, as one.
  figure_value value(const subject& x) const;

  /// Relation of an actor path to its raw twin, as far as there is one.
  std::optional<double> ratio(const subject& x) const;

  /// Rows whose figures `other` lacks.
  std::vector<row> beyond(const run_index& other) const;

private:
  using name_type = std::pair<std::string, std::string>;

  void add_ratios(const row& x, const std::vector<std::string>& metrics);

  std::vector<subject> subjects_;
  std::map<name_type, std::vector<figure_value>> summaries_;
  std::map<name_type, std::vector<double>> ratios_;
};

} // namespace troupe::perf
