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

/// Types with a textual form: numbers, `bool`, strings, and `void` as a result.
/// Characters are numbers here, and those wider than a byte have no form.
template <class T>
concept textual = std::is_void_v<T> || std::is_same_v<T, bool> || std::
  is_same_v<T, std::string> || std::is_same_v<T, std::string_view> ||(
    std::is_arithmetic_v<
      T> && !std::is_same_v<T, long double> && requires(const char* p, T& x) {
      std::from_chars(p, p, x);
    });

/// Reads `text` as a `T`. Returns `false` if it is none, or if something is
/// left behind it.
bool from_text(std::string_view text, bool& x) noexcept;

bool from_text(std::string_view text, std::string& x);

/// @note `x` refers to the memory of `text`.
bool from_text(std::string_view text, std::string_view& x) noexcept;

template <textual T>
requires std::is_arithmetic_v<T>
bool from_text(std::string_view text, T& x) noexcept {
  auto end = text.data() + text.size();
  auto [rest, code] = std::from_chars(text.data(), end, x);
  return code == std::errc{} && rest == end;
}

/// Returns `x` as text that `from_text` reads back.
template <textual T>
std::string to_text(const T& x) {
  if constexpr (std::is_same_v<T, bool>) {
    return x ? "true" : "false";
  } else if constexpr (std::is_arithmetic_v<T>) {
    char digits[64]; // the longest double needs 24
    auto [end, code] = std::to_chars(digits, digits + sizeof(digits), x);
    return {digits, end};
  } else {
    return std::string{x};
  }
}

} // namespace troupe
