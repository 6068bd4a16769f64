// SPDX-License-Identifier: BSL-1.0

#include "harness/row_reader.hpp"

#include "troupe/error.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace troupe::perf {

namespace {

using json = nlohmann::ordered_json;

/// Takes what a row can hold; leaves out the rest.
row to_row(const json& object) {
  row result;
  for (const auto& [name, x] : object.items()) {
    if (x.is_boolean())
      result.set(name, x.get<bool>());
    else if (x.is_number_unsigned())
      result.set(name, x.get<std::uint64_t>());
    else if (x.is_number())
      result.set(name, x.get<double>());
    else if (x.is_string())
      result.set(name, x.get<std::string>());
  }
  return result;
}

/// Returns `false` if the line is no row.
bool take_line(results& to, std::string_view line) {
  auto object = json::parse(line, nullptr, false);
  if (!object.is_object() || !object.contains("bench")
      || !object.contains("path"))
    return false;
  if (auto from = object.find("provenance");
      to.rows.empty() && from != object.end() && from->is_object())
    to.origin = to_row(*from);
  to.rows.push_back(to_row(object));
  return true;
}

} // namespace

caf::expected<results> parse_results(std::string_view text) {
  results result;
  for (std::size_t number = 1; !text.empty(); ++number) {
    auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty())
      continue;
    if (!take_line(result, line))
      return make_error(ec::bad_value,
                        "line " + std::to_string(number)
                          + " is no row of a benchmark: the file has to come "
                            "from troupe-bench with --json");
  }
  if (result.rows.empty())
    return make_error(ec::bad_value, "there are no rows: the file has to come "
                                     "from troupe-bench with --json");
  return result;
}

caf::expected<results> read_results(const std::string& path) {
  std::ifstream file{path};
  if (!file)
    return make_error(ec::system_failure,
                      "cannot read '" + path + "': " + std::strerror(errno));
  std::ostringstream text; // reading a folder throws, but not from here
  text << file.rdbuf();
  auto result = parse_results(text.str());
  if (!result)
    return make_error(ec::bad_value,
                      "'" + path + "': " + describe(result.error()));
  return result;
}

} // namespace troupe::perf
