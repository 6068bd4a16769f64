// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <charconv>
#include <concepts>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

/// Arguments and results as text, for the command line.
namespace troupe {

/// Types with a textual form: numbers, `bool` and strings.
template <class T>
concept textual = std::is_void_v<T>
                  || (std::is_arithmetic_v<T> && !std::is_same_v<T, long double>)
                  || std::is_same_v<T, std::string>
                  || std::is_same_v<T, std::string_view>;

/// Reads `text` as a `T`. Returns `false` if it is none, or if something is
/// left behind it.
template <class T>
bool from_text(std::string_view text, T& x) {
  if constexpr (std::is_same_v<T, bool>) {
    x = text == "true" || text == "1";
    return x || text == "false" || text == "0";
  } else if constexpr (std::is_arithmetic_v<T>) {
    auto end = text.data() + text.size();
    auto [rest, code] = std::from_chars(text.data(), end, x);
    return code == std::errc{} && rest == end;
  } else {
    x = T{text};
    return true;
  }
}

/// Returns `x` as text that `from_text` reads back.
template <class T>
std::string to_text(const T& x) {
  if constexpr (std::is_same_v<T, bool>) {
    return x ? "true" : "false";
  } else if constexpr (std::is_arithmetic_v<T>) {
    char digits[64];
    auto [end, code] = std::to_chars(digits, digits + sizeof(digits), x);
    return {digits, end};
  } else {
    return std::string{x};
  }
}

} // namespace troupe
