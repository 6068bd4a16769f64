// SPDX-License-Identifier: BSL-1.0
#include "line_splitter.hpp"

#include <utility>

std::optional<std::vector<std::string>>
line_splitter::take(std::string_view bytes) {
  std::vector<std::string> result;
  for (auto end = bytes.find('\n'); end != bytes.npos; end = bytes.find('\n')) {
    auto line = std::exchange(rest_, {});
    line += bytes.substr(0, end);
    bytes.remove_prefix(end + 1);
    if (line.ends_with('\r'))
      line.pop_back();
    if (line.size() > max_line)
      return std::nullopt;
    result.push_back(std::move(line));
  }
  rest_ += bytes;
  if (rest_.size() > max_line + 1) // a carriage return may be the last byte
    return std::nullopt;
  return result;
}
