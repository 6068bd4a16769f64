// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

/// The types in a signature such as `(f64, [string]) -> f64`.
struct signature_types {
  std::vector<std::string> parameters;
  std::string result;
};

/// Reads a signature, nothing if it has another form.
std::optional<signature_types> parse_signature(std::string_view text);

/// Whether values of the type `name` can be written as text: numbers, `bool`
/// and strings.
bool is_textual(std::string_view name);

} // namespace troupe
