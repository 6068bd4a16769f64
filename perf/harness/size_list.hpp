// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::perf {

/// Reads `100`, `64k`, `4M` or `1G`; units are powers of 1024.
std::optional<std::size_t> parse_size(std::string_view text);

/// Reads a comma-separated list of sizes.
std::optional<std::vector<std::size_t>> parse_sizes(std::string_view text);

/// Splits a comma-separated list. The parts may be empty.
std::vector<std::string> split_list(std::string_view text);

/// The other way round.
std::string join_list(const std::vector<std::string>& xs);

/// Writes numbers in full.
std::string join_list(const std::vector<std::size_t>& xs);

} // namespace troupe::perf
