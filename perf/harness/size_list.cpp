// SPDX-License-Identifier: BSL-1.0

#include "harness/size_list.hpp"

#include <charconv>
#include <limits>

namespace troupe::perf {

namespace {

int shift_of(char unit) {
  switch (unit) {
    case 'k':
    case 'K':
      return 10;
    case 'm':
    case 'M':
      return 20;
    case 'g':
    case 'G':
      return 30;
    default:
      return -1;
  }
}

} // namespace

std::optional<std::size_t> parse_size(std::string_view text) {
  auto shift = text.empty() ? -1 : shift_of(text.back());
  if (shift > 0)
    text.remove_suffix(1);
  std::size_t result = 0;
  auto end = text.data() + text.size();
  auto [rest, code] = std::from_chars(text.data(), end, result);
  if (text.empty() || code != std::errc{} || rest != end)
    return std::nullopt;
  if (shift < 0)
    return result;
  if (result > std::numeric_limits<std::size_t>::max() >> shift)
    return std::nullopt;
  return result << shift;
}

std::optional<std::vector<std::size_t>> parse_sizes(std::string_view text) {
  std::vector<std::size_t> result;
  for (const auto& part : split_list(text)) {
    auto size = parse_size(part);
    if (!size)
      return std::nullopt;
    result.push_back(*size);
  }
  return result;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> result;
  for (;;) {
    auto comma = text.find(',');
    result.emplace_back(text.substr(0, comma));
    if (comma == std::string_view::npos)
      return result;
    text.remove_prefix(comma + 1);
  }
}

std::string join_list(const std::vector<std::string>& xs) {
  std::string result;
  for (const auto& x : xs)
    result += (result.empty() ? "" : ",") + x;
  return result;
}

std::string join_list(const std::vector<std::size_t>& xs) {
  std::vector<std::string> words;
  for (auto x : xs)
    words.push_back(std::to_string(x));
  return join_list(words);
}

} // namespace troupe::perf
