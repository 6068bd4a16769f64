// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/row.hpp"

#include <string>
#include <utility>
#include <vector>

namespace troupe::perf {

/// What a page says of one workload.
struct html_section {
  std::string title;

  /// What to look for.
  std::string reading;

  /// Texts of drawings.
  std::vector<std::string> svgs;

  /// Summaries, ratios and thresholds.
  std::vector<row> rows;
};

/// A report that needs no other file.
struct html_page {
  /// Where the figures come from.
  row origin;
  std::vector<html_section> sections;

  /// What did not run, and why.
  std::vector<std::pair<std::string, std::string>> failures{};
};

std::string to_html(const html_page& x);

/// Says how the actor path stands to the raw path: for each figure the smallest
/// and the largest ratio. Empty if there are no ratios.
std::vector<std::string> ratio_sentences(const std::vector<row>& rows);

/// Makes a drawing fit for a page with others: without its XML header, and with
/// ids of its own.
std::string to_inline(std::string svg, const std::string& prefix);

/// Escapes a text for HTML.
std::string escape_html(const std::string& text);

} // namespace troupe::perf
