// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/process/connection_info.hpp"
#include "troupe/protocol/pack.hpp"

#include <string>
#include <vector>

namespace troupe::apps {

/// Lays out rows in columns that are two blanks apart; the first row is the
/// head. Columns whose head begins with `>` are set flush right.
std::string table(const std::vector<std::vector<std::string>>& rows);

/// Returns one screen about a cluster, for people.
std::string status_text(const connection_info& info, const status_message& x);

/// Returns the same as one line of JSON, `troupe.status/1`.
std::string status_json(const connection_info& info, const status_message& x);

/// Returns the clusters of a user as a table, or as `troupe.clusters/1`.
std::string list_text(const std::vector<connection_info>& xs);
std::string list_json(const std::vector<connection_info>& xs);

} // namespace troupe::apps
