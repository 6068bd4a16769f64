// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/signature_text.hpp"

#include <algorithm>
#include <array>

namespace troupe {

std::optional<signature_types> parse_signature(std::string_view text) {
  if (text.empty() || text.front() != '(')
    return std::nullopt;
  signature_types result;
  auto depth = 0;
  std::size_t first = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = text[i];
    if (c == '(' || c == '[')
      ++depth;
    else if (c == ')' || c == ']')
      --depth;
    auto closed = depth == 0;
    if (closed || (depth == 1 && c == ',')) {
      if (i > first)
        result.parameters.emplace_back(text.substr(first, i - first));
      first = i + 2; // behind ", "
    }
    if (!closed)
      continue;
    constexpr std::string_view arrow = ") -> ";
    if (text.substr(i, arrow.size()) != arrow)
      return std::nullopt;
    result.result = text.substr(i + arrow.size());
    return result;
  }
  return std::nullopt;
}

bool is_textual(std::string_view name) {
  static constexpr auto names = std::array<std::string_view, 12>{
    "bool", "string", "f32", "f64", "i8",  "i16",
    "i32",  "i64",    "u8",  "u16", "u32", "u64"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace troupe
