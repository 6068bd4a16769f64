// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/expected.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// An amount of something countable, such as one `gpu`.
struct slot {
  std::string name{};
  std::uint64_t amount = 0;

  friend auto operator<=>(const slot&, const slot&) = default;
};

/// What an engine has besides functions, or what a task wants of it: tags, and
/// amounts that tasks take while they are there.
struct resources {
  std::vector<std::string> tags{};
  std::vector<slot> slots{};

  bool empty() const noexcept {
    return tags.empty() && slots.empty();
  }

  /// Whether somebody who has all this can ever serve `wanted`.
  /// @pre both are tidy
  bool cover(const resources& wanted) const;

  friend auto operator<=>(const resources&, const resources&) = default;
};

/// Most tags and slots of one engine or task, and the longest name, in bytes.
inline constexpr std::size_t max_resources = 32;
inline constexpr std::size_t max_resource_name = 64;

/// Sorts tags and slots by name. Fails with `ec::bad_config` and a sentence if
/// a name is empty, too long, appears twice or has other characters than
/// letters, digits, '.', '_' and '-', or if an amount is 0.
caf::expected<resources> tidy(resources x);

/// Reads tags such as `gpu-node,fast` and slots such as `gpu=1,mem=4G`; K, M, G
/// and T are powers of 1024. Fails with `ec::bad_config` and a sentence.
caf::expected<resources> parse_resources(std::string_view tags,
                                         std::string_view slots);

/// Write what `parse_resources` reads.
std::string tags_text(const resources& x);
std::string slots_text(const resources& x);

/// Returns words such as `gpu=1,mem=4G and the tags fast,gpu-node`, or
/// `nothing`.
std::string to_string(const resources& x);

} // namespace troupe
