// SPDX-License-Identifier: BSL-1.0
#include "map/quoting.hpp"

#include <algorithm>

namespace troupe::apps {

namespace {

bool is_plain(char c) {
  constexpr std::string_view others = "_./:=@%+,-";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
         || (c >= '0' && c <= '9') || others.find(c) != others.npos;
}

std::string escaped(unsigned char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  switch (c) {
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return {'\\', 'x', digits[c / 16], digits[c % 16]};
  }
}

/// Whether a cut before `c` splits no character of UTF-8.
bool begins_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}

} // namespace

std::string shell_quote(std::string_view text) {
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain))
    return std::string{text};
  std::string result = "'";
  for (auto c : text)
    if (c == '\'')
      result += "'\\''";
    else
      result += c;
  return result + "'";
}

bool needs_shell(std::string_view command) {
  return command.find_first_of(" \t\n|&;<>()$`\\\"'*?~!") != command.npos;
}

std::string printable(std::string_view text, std::size_t limit) {
  auto cut = text.size() > limit;
  if (cut) {
    while (limit > 0 && !begins_character(text[limit]))
      --limit;
    text = text.substr(0, limit);
  }
  std::string result;
  for (auto c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F)
      result += escaped(byte);
    else
      result += c;
  }
  return cut ? result + "..." : result;
}

} // namespace troupe::apps
