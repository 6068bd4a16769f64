// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace troupe::perf {

/// A line through points, or points alone.
struct curve {
  std::string title;
  std::vector<std::pair<double, double>> points;

  /// Curves of one hue belong together; 0 to 3.
  unsigned hue = 0;
  bool dashed = false;

  /// Marks of others, without a line.
  bool only_points = false;

  /// Shape of its points; 0 to 4.
  unsigned mark = 0;
};

/// One coordinate system.
struct panel {
  std::string title;
  std::vector<curve> curves;

  /// Vertical lines with a label each.
  std::vector<std::pair<double, std::string>> marks;

  /// Horizontal lines, named in the legend.
  std::vector<std::pair<double, std::string>> levels{};
};

/// Panels side by side, which share their axes' names and scales.
struct figure {
  /// Name of the files, without extension.
  std::string name;
  std::string title;
  std::string x_label;
  std::string y_label;

  /// Where the axis begins and ends; 0 = wherever the points do.
  double x_from = 0;
  double x_to = 0;

  /// Draws a horizontal line at 1.
  bool relative = false;

  /// The axis upwards is linear and begins at 0.
  bool linear = false;

  /// Names below the axis, for points at 0, 1, and so on; it is linear then.
  std::vector<std::string> categories{};
  std::vector<panel> panels;
};

/// Returns the figure as a program for gnuplot, without its output.
std::string to_gnuplot(const figure& x);

/// Writes NAME.gp, NAME.svg and NAME.png into the folder `dir`, which is made
/// if it is missing. Throws `std::runtime_error` if that fails, with a sentence
/// about gnuplot if it is missing; NAME.gp is there then.
void draw(const figure& x, const std::string& dir);

} // namespace troupe::perf
