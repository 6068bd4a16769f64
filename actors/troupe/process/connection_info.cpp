// SPDX-License-Identifier: BSL-1.0
#include "troupe/process/connection_info.hpp"

#include "troupe/error.hpp"
#include "troupe/process/child_process.hpp"

#include <nlohmann/json.hpp>

#include <charconv>
#include <limits>
#include <type_traits>

namespace troupe {

namespace {

using nlohmann::json;

/// Readers in other languages know numbers up to 2^53 only.
std::string to_hex(std::uint64_t x) {
  static constexpr auto digits = "0123456789abcdef";
  std::string result(16, '0');
  for (auto i = result.rbegin(); i != result.rend(); ++i, x >>= 4)
    *i = digits[x & 15];
  return result;
}

/// Reads fields one by one and remembers the first that is wrong.
class reader {
public:
  explicit reader(const json& object) : object_(object) {
    // nop
  }

  void read(const char* field, std::string& out) {
    if (auto value = find(field); value != nullptr && value->is_string())
      out = value->get<std::string>();
    else
      wrong(field, "a text");
  }

  /// May be missing.
  void read(const char* field, std::vector<std::string>& out) {
    auto value = find(field);
    if (value == nullptr)
      return;
    auto fits = value->is_array() && !value->empty();
    for (auto& x : *value)
      fits = fits && x.is_string();
    if (fits)
      out = value->get<std::vector<std::string>>();
    else
      wrong(field, "a list of texts");
  }

  template <class Integer>
  void read(const char* field, Integer& out) {
    auto value = find(field);
    auto fits = value != nullptr && value->is_number_unsigned()
                && value->get<std::uint64_t>() <= static_cast<std::uint64_t>(
                     std::numeric_limits<Integer>::max());
    if (fits)
      out = value->get<Integer>();
    else
      wrong(field, "a number in range");
  }

  void read_hex(const char* field, std::uint64_t& out) {
    std::string text;
    read(field, text);
    auto end = text.data() + text.size();
    auto [stop, status] = std::from_chars(text.data(), end, out, 16);
    if (status != std::errc{} || stop != end)
      wrong(field, "a hexadecimal number");
  }

  /// Reads a text that may be missing.
  void read_optional(const char* field, std::string& out) {
    if (find(field) != nullptr)
      read(field, out);
  }

  const std::string& problem() const noexcept {
    return problem_;
  }

private:
  const json* find(const char* field) const {
    auto i = object_.find(field);
    return i != object_.end() ? &*i : nullptr;
  }

  void wrong(const char* field, const char* wanted) {
    if (problem_.empty())
      problem_ = std::string{"connection info: \""} + field
                 + "\" is missing or not " + wanted;
  }

  const json& object_;
  std::string problem_;
};

} // namespace

std::string to_json(const connection_info& x) {
  json object{{"name", x.name},       {"instance", to_hex(x.instance)},
              {"pid", x.pid},         {"start_time", x.start_time},
              {"control", x.control}, {"tasks", x.tasks},
              {"direct", x.direct},   {"copy_threshold", x.copy_threshold},
              {"version", x.version}};
  if (!x.device.empty())
    object["device"] = x.device;
  if (!x.leaves.empty())
    object["leaves"] = x.leaves;
  return object.dump(-1, ' ', false, json::error_handler_t::replace);
}

caf::expected<connection_info> parse_connection_info(const std::string& text) {
  auto object = json::parse(text, nullptr, false);
  if (!object.is_object())
    return make_error(ec::bad_config, "connection info: not a JSON object");
  connection_info result;
  reader fields{object};
  fields.read("name", result.name);
  fields.read_hex("instance", result.instance);
  fields.read("pid", result.pid);
  fields.read("start_time", result.start_time);
  fields.read("control", result.control);
  fields.read("tasks", result.tasks);
  fields.read("direct", result.direct);
  fields.read("leaves", result.leaves);
  fields.read("copy_threshold", result.copy_threshold);
  fields.read("version", result.version);
  fields.read_optional("device", result.device);
  if (!fields.problem().empty())
    return make_error(ec::bad_config, fields.problem());
  return result;
}

bool alive(const connection_info& x) {
  if (x.pid <= 0 || x.pid > std::numeric_limits<pid_t>::max())
    return false;
  auto start = process_start_time(static_cast<pid_t>(x.pid));
  return start != 0 && start == x.start_time;
}

} // namespace troupe
