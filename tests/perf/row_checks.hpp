// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace troupe::test {

using json_rows = std::vector<nlohmann::json>;

/// Rows with this path that sum up runs.
std::size_t count_summaries(const json_rows& rows, const std::string& path);

/// No number is negative or missing, no figure is zero, and figures of a row
/// fit to each other.
void check_figures(const nlohmann::json& row);

/// Each summary stands for `repeat` runs, numbered from 1, and its figures are
/// what these runs say; each ratio relates two summaries.
void check_sums(const json_rows& rows, unsigned repeat);

/// The text is CSV (RFC 4180) and has what the rows have.
void check_csv(const std::string& text, const json_rows& rows);

/// Splits CSV into lines of cells.
std::vector<std::vector<std::string>> parse_csv(const std::string& text);

} // namespace troupe::test
