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

std::string to_json(const row& x) {
  nlohmann::ordered_json result = nlohmann::ordered_json::object();
  auto put = [&](const std::string& name, const auto& content) {
    if constexpr (std::is_same_v<decltype(content), const double&>)
      result[name] = std::round(content * 1e6) / 1e6;
    else
      result[name] = content;
  };
  for (const auto& [name, content] : x.fields())
    std::visit([&, &key = name](const auto& y) { put(key, y); }, content);
  return result.dump();
}

std::string to_text(const row::value& x) {
  return std::visit(text_visitor{}, x);
}

} // namespace troupe::perf
