// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace troupe::perf {

/// One line of output: names and values in the order in which they were set.
class row {
public:
  using value = std::variant<bool, std::uint64_t, double, std::string>;
  using field = std::pair<std::string, value>;

  /// Sets a field, or changes it in its place.
  template <class T>
  row& set(std::string_view name, T&& x) {
    using type = std::decay_t<T>;
    if constexpr (std::same_as<type, bool>)
      return assign(name, value{x});
    else if constexpr (std::integral<type>)
      return assign(name, value{static_cast<std::uint64_t>(x)});
    else if constexpr (std::floating_point<type>)
      return assign(name, value{static_cast<double>(x)});
    else
      return assign(name, value{std::string{std::forward<T>(x)}});
  }

  /// Returns the value of a field, or null.
  const value* find(std::string_view name) const noexcept;

  const std::vector<field>& fields() const noexcept {
    return fields_;
  }

private:
  row& assign(std::string_view name, value x);

  std::vector<field> fields_;
};

/// Returns the value of a field if it is a number.
/// @relates row
std::optional<double> number(const row& x, std::string_view name);

/// Returns the row as one line of JSON. Numbers have at most 6 digits after
/// the point; one that is none, such as infinity, is null.
/// @relates row
std::string to_json(const row& x);

/// Returns the row as one line of JSON, with another one as its last field.
/// @relates row
std::string to_json(const row& x, std::string_view name, const row& inner);

/// Returns a value in full, as JSON has it, but texts without quotes.
std::string to_plain(const row::value& x);

/// Returns a value for people: whole numbers without a point, others with
/// three significant digits.
std::string to_text(const row::value& x);

} // namespace troupe::perf
