// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "harness/row.hpp"

#include <string>
#include <vector>

namespace troupe::perf {

/// Returns rows as comma-separated values, quoted as RFC 4180 says, lines
/// ending with a line feed: a line of all names, in the order in which they
/// appear first, then a line per row, its cell empty where it lacks a field.
/// @param last fields that each row has at its end.
std::string to_csv(const std::vector<row>& rows, const row& last = {});

} // namespace troupe::perf
