// SPDX-License-Identifier: BSL-1.0

#include "harness/row.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace troupe::perf {

namespace {

struct text_visitor {
  std::string operator()(bool x) const {
    return x ? "yes" : "no";
  }

  std::string operator()(std::uint64_t x) const {
    return fmt::format("{}", x);
  }

  std::string operator()(double x) const {
    if (std::abs(x) >= 1000)
      return fmt::format("{:.0f}", x);
    return fmt::format("{:.3g}", x);
  }

  std::string operator()(const std::string& x) const {
    return x;
  }
};

constexpr auto replace_bad_utf8 =
  nlohmann::ordered_json::error_handler_t::replace;

nlohmann::ordered_json to_object(const row::value& x) {
  if (auto number = std::get_if<double>(&x))
    return std::round(*number * 1e6) / 1e6;
  return std::visit([](const auto& y) { return nlohmann::ordered_json(y); }, x);
}

nlohmann::ordered_json to_object(const row& x) {
  auto result = nlohmann::ordered_json::object();
  for (const auto& [name, content] : x.fields())
    result[name] = to_object(content);
  return result;
}

} // namespace

const row::value* row::find(std::string_view name) const noexcept {
  auto has_name = [&](const field& x) { return x.first == name; };
  auto i = std::find_if(fields_.begin(), fields_.end(), has_name);
  return i != fields_.end() ? &i->second : nullptr;
}

row& row::assign(std::string_view name, value x) {
  auto has_name = [&](const field& y) { return y.first == name; };
  auto i = std::find_if(fields_.begin(), fields_.end(), has_name);
  if (i != fields_.end())
    i->second = std::move(x);
  else
    fields_.emplace_back(std::string{name}, std::move(x));
  return *this;
}

std::optional<double> number(const row& x, std::string_view name) {
  auto content = x.find(name);
  if (content == nullptr)
    return std::nullopt;
  if (auto y = std::get_if<double>(content))
    return *y;
  if (auto y = std::get_if<std::uint64_t>(content))
    return static_cast<double>(*y);
  return std::nullopt;
}

std::string to_json(const row& x) {
  return to_object(x).dump(-1, ' ', false, replace_bad_utf8);
}

std::string to_json(const row& x, std::string_view name, const row& inner) {
  auto result = to_object(x);
  result[std::string{name}] = to_object(inner);
  return result.dump(-1, ' ', false, replace_bad_utf8);
}

std::string to_plain(const row::value& x) {
  if (auto text = std::get_if<std::string>(&x))
    return *text;
  return to_object(x).dump();
}

std::string to_text(const row::value& x) {
  return std::visit(text_visitor{}, x);
}

} // namespace troupe::perf
