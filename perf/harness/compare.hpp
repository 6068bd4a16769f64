// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/row.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::perf {

/// Which way a figure gets better.
enum class direction : std::uint8_t { up, down, none };

/// Tells it by the unit at the end of the name: rates and efficiencies go up,
/// times and bytes go down; counts go nowhere.
direction direction_of(std::string_view metric);

enum class verdict : std::uint8_t {
  same,
  better,
  worse,
  /// The raw path changed, or an actor path and its raw twin alike: this says
  /// something of the machine, not of our code.
  machine,
};

/// One figure, before and after.
struct change {
  /// Dimensions of the row, with `bench` and `path`.
  row key;
  std::string metric;
  double before = 0;
  double after = 0;
  verdict what = verdict::same;

  /// How far the figure moved, in percent of what it was.
  double percent() const noexcept {
    return (after / before - 1) * 100;
  }
};

struct comparison {
  std::vector<change> changes;

  /// Summaries of one side that the other side lacks.
  std::vector<row> only_before;
  std::vector<row> only_after;

  std::size_t count(verdict x) const noexcept;
};

/// Compares the summaries among the rows of two runs. Several summaries of the
/// same thing count as one, whose range is that of all of them. A median has
/// changed if all of this holds:
///
/// * it moved by more than `bound` percent of the better of the two, so that
///   twice as fast and half as fast are as far;
/// * the notches of both runs, median +- 3.14 MAD / sqrt(runs), do not overlap
///   (McGill, Tukey, Larsen: Variations of box plots, 1978, with MAD for half
///   the interquartile range);
/// * their ranges are apart by a quarter of the wider one, since a MAD and a
///   range of few runs can be small by luck;
/// * the ratio to the raw path of the same run, if there is one, moved by more
///   than `bound` the same way: a machine that is slower now slows both;
/// * no figure of that name and workload moved as far the same way on the raw
///   path, which no change of this project can do.
comparison compare(const std::vector<row>& before,
                   const std::vector<row>& after, double bound);

/// Lays changes out as a table for people, and sums them up in the last line.
/// @param only_changed leaves out what stayed the same.
std::string to_text(const comparison& x, bool only_changed);

} // namespace troupe::perf
