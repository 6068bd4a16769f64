// SPDX-License-Identifier: BSL-1.0

#include "harness/csv.hpp"

#include <algorithm>
#include <string_view>

namespace troupe::perf {

namespace {

std::string quote(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos)
    return std::string{text};
  std::string result{"\""};
  for (auto c : text)
    result += c == '"' ? std::string{"\"\""} : std::string(1, c);
  return result + '"';
}

std::string cell(const row::value* content) {
  return content == nullptr ? "" : quote(to_plain(*content));
}

std::vector<std::string> columns_of(const std::vector<row>& rows) {
  std::vector<std::string> result;
  for (const auto& x : rows)
    for (const auto& [name, content] : x.fields())
      if (std::find(result.begin(), result.end(), name) == result.end())
        result.push_back(name);
  return result;
}

} // namespace

std::string to_csv(const std::vector<row>& rows, const row& last) {
  std::string result, tail, separator;
  auto columns = columns_of(rows);
  auto append = [&](const std::string& text) {
    result += separator + text;
    separator = ",";
  };
  for (const auto& column : columns)
    append(quote(column));
  for (const auto& [name, content] : last.fields()) {
    append(quote(name));
    tail += (columns.empty() && tail.empty() ? "" : ",") + cell(&content);
  }
  result += '\n';
  for (const auto& x : rows) {
    separator.clear();
    for (const auto& column : columns)
      append(cell(x.find(column)));
    result += tail + '\n';
  }
  return result;
}

} // namespace troupe::perf
