// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Cuts a stream of bytes into lines.
class line_splitter {
public:
  /// Longest line in bytes, without its end.
  static constexpr std::size_t max_line = 1024;

  /// Takes bytes as they come. A line ends with a line feed; a carriage return
  /// before it belongs to the end.
  /// @returns the lines that are complete, or nothing if one is too long.
  std::optional<std::vector<std::string>> take(std::string_view bytes);

private:
  std::string rest_;
};
