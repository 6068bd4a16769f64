// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/report.hpp"

#include <string>

namespace troupe::perf {

/// Writes all figures (SVG, PNG and their gnuplot scripts) and `report.html`
/// into a folder, which is made if it is missing. Without gnuplot, the page has
/// the tables alone. Throws `std::runtime_error`, after all that can be written
/// is.
void write_report_files(const report& from, const std::string& dir);

/// Plays `troupe-bench report DIR FILE...`: the same from what runs with
/// `--json` wrote.
/// @param argc, argv the command line from the word `report` on.
/// @returns the exit status: 2 if a file cannot be read.
int report_command(int argc, const char* const* argv);

} // namespace troupe::perf
