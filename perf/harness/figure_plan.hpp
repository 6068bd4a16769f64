// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/plot.hpp"
#include "harness/row.hpp"

#include <string>
#include <utility>
#include <vector>

namespace troupe::perf {

/// How to make a figure from summaries: which field becomes the axis, which
/// one the panels, and which ones tell curves apart. Raw and actor path always
/// are curves of their own.
struct figure_plan {
  std::string bench;
  /// Name of the files.
  std::string name;
  std::string title;

  /// The field below the axis. One of text makes categories.
  std::string x;
  std::string x_label;

  /// Figures that become curves; the second and later ones are dashed.
  std::vector<std::string> metrics;
  std::string y_label;

  /// A panel for each of its values; empty = one panel.
  std::string panels{};

  /// Where they differ, they tell curves apart.
  std::vector<std::string> series{};

  /// Published by others: marks and lines in each panel.
  std::vector<curve> published{};
  std::vector<std::pair<double, std::string>> marks{};
  std::vector<std::pair<double, std::string>> levels{};

  /// A field that rows have to have, and one that they must not have.
  std::string with{};
  std::string without{};

  /// As in `figure`.
  double x_from = 0;
  double x_to = 0;
  bool linear = false;
};

/// Makes the figure. Where several rows have the same place, their median
/// counts. It has no panels if there are no rows for it.
figure to_figure(const figure_plan& plan, const std::vector<row>& rows);

} // namespace troupe::perf
