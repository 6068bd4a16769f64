// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/buffer.hpp"
#include "troupe/codec/array.hpp"
#include "troupe/codec/decoder.hpp"
#include "troupe/codec/encoder.hpp"
#include "troupe/limits.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

/// How arguments and results become bytes and frames, and back.
///
/// One pass over the object; numbers in little-endian order as the machine has
/// them; byte ranges over `limits::inline_bytes` become frames of their own.
namespace troupe {

// -- codec --------------------------------------------------------------------

/// Writes and reads values of type `T`. Specialise it for your own types:
///
/// ~~~
/// template <> struct troupe::codec<image> {
///   static std::string type() { return "example.image/1"; }
///   static void encode(encoder& out, const image& x) {
///     out.scalar(x.width);
///     out.bytes(x.pixels); // a buffer: travels without a copy
///   }
///   static image decode(decoder& in) {
///     auto width = in.scalar<std::uint32_t>();
///     return {width, in.shared_bytes()};
///   }
/// };
/// ~~~
///
/// `type` names the type in signatures; peers with different names refuse each
/// other's tasks instead of misreading them.
template <class T>
struct codec {
  static_assert(sizeof(T) == 0, "troupe cannot pass this type between "
                                "processes: specialise troupe::codec for it");
};

/// Types that one run of equal numbers describes: vectors, spans and arrays
/// share one form on the wire, so a caller's vector is a callee's span.
template <class T>
concept wire_number = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>
                      && !std::is_same_v<T, long double>;

namespace detail {

template <class T>
std::string number_name() {
  if constexpr (std::is_same_v<T, bool>)
    return "bool";
  else
    return (std::is_floating_point_v<T> ? "f"
            : std::is_signed_v<T>       ? "i"
                                        : "u")
           + std::to_string(sizeof(T) * 8);
}

template <class T>
std::string run_name() {
  return "[" + number_name<T>() + "]";
}

} // namespace detail

template <class T>
  requires(std::is_arithmetic_v<T> && !std::is_same_v<T, long double>)
          || std::is_enum_v<T>
struct codec<T> {
  static std::string type() {
    if constexpr (std::is_enum_v<T>)
      return detail::number_name<std::underlying_type_t<T>>();
    else
      return detail::number_name<T>();
  }

  static void encode(encoder& out, T x) {
    out.scalar(x);
  }

  static T decode(decoder& in) {
    return in.scalar<T>();
  }
};

template <>
struct codec<std::string> {
  static std::string type() {
    return "string";
  }

  static void encode(encoder& out, std::string_view x) {
    out.bytes(std::as_bytes(std::span{x}));
  }

  static void encode(encoder& out, std::string&& x) {
    if (x.size() > limits::inline_bytes)
      out.bytes(buffer::adopt(std::move(x)));
    else
      encode(out, std::string_view{x});
  }

  static void encode(encoder& out, const std::string& x) {
    encode(out, std::string_view{x});
  }

  static void encode(encoder& out, const char* x) {
    encode(out, std::string_view{x});
  }

  static std::string decode(decoder& in) {
    auto xs = in.bytes();
    return {reinterpret_cast<const char*>(xs.data()), xs.size()};
  }
};

/// As a parameter: a view that is valid during the call.
template <>
struct codec<std::string_view> : codec<std::string> {
  static std::string_view decode(decoder& in) {
    auto xs = in.bytes();
    return {reinterpret_cast<const char*>(xs.data()), xs.size()};
  }
};

template <>
struct codec<buffer> {
  static std::string type() {
    return "bytes";
  }

  static void encode(encoder& out, buffer x) {
    out.bytes(std::move(x));
  }

  static buffer decode(decoder& in) {
    return in.shared_bytes();
  }
};

/// What vectors, spans and arrays of numbers have in common.
template <wire_number T>
struct number_run_codec {
  static std::string type() {
    return detail::run_name<T>();
  }

  static void encode(encoder& out, std::span<const T> xs) {
    out.bytes(std::as_bytes(xs));
  }

  static void encode(encoder& out, const std::vector<T>& xs) {
    encode(out, std::span{xs});
  }

  static void encode(encoder& out, std::vector<T>&& xs) {
    if (xs.size() * sizeof(T) > limits::inline_bytes)
      out.bytes(buffer::adopt(std::move(xs)));
    else
      encode(out, std::span<const T>{xs});
  }

  static void encode(encoder& out, const array<T>& xs) {
    out.bytes(xs.bytes());
  }
};

template <wire_number T>
struct codec<std::vector<T>> : number_run_codec<T> {
  static std::vector<T> decode(decoder& in) {
    auto xs = in.bytes();
    if (xs.size() % sizeof(T) != 0) {
      in.fail();
      return {};
    }
    std::vector<T> result(xs.size() / sizeof(T));
    if (!xs.empty())
      std::memcpy(result.data(), xs.data(), xs.size());
    return result;
  }
};

/// As a parameter: a view that is valid during the call.
template <wire_number T>
struct codec<std::span<const T>> : number_run_codec<T> {
  static std::span<const T> decode(decoder& in) {
    return in.numbers<T>();
  }
};

template <wire_number T>
struct codec<array<T>> : number_run_codec<T> {
  static array<T> decode(decoder& in) {
    return array<T>{in.shared_bytes()};
  }
};

template <class T>
struct codec<std::vector<T>> {
  static std::string type() {
    return "[" + codec<T>::type() + "]";
  }

  static void encode(encoder& out, const std::vector<T>& xs) {
    out.scalar(static_cast<std::uint64_t>(xs.size()));
    for (const auto& x : xs)
      codec<T>::encode(out, x);
  }

  static std::vector<T> decode(decoder& in) {
    std::vector<T> result;
    auto n = in.count();
    result.reserve(n);
    for (std::size_t i = 0; i < n && !in.failed(); ++i)
      result.push_back(codec<T>::decode(in));
    return result;
  }
};

template <class T>
struct codec<std::optional<T>> {
  static std::string type() {
    return codec<T>::type() + "?";
  }

  static void encode(encoder& out, const std::optional<T>& x) {
    out.scalar(x.has_value());
    if (x)
      codec<T>::encode(out, *x);
  }

  static std::optional<T> decode(decoder& in) {
    if (!in.scalar<bool>())
      return std::nullopt;
    return codec<T>::decode(in);
  }
};

template <class... Ts>
struct codec<std::tuple<Ts...>> {
  static std::string type() {
    std::string result = "(";
    ((result += codec<Ts>::type(), result += ", "), ...);
    if constexpr (sizeof...(Ts) > 0)
      result.resize(result.size() - 2);
    return result + ")";
  }

  static void encode(encoder& out, const std::tuple<Ts...>& xs) {
    std::apply([&](const Ts&... x) { (codec<Ts>::encode(out, x), ...); }, xs);
  }

  static void encode(encoder& out, std::tuple<Ts...>&& xs) {
    std::apply([&](Ts&... x) { (codec<Ts>::encode(out, std::move(x)), ...); },
               xs);
  }

  static std::tuple<Ts...> decode(decoder& in) {
    return std::tuple<Ts...>{codec<Ts>::decode(in)...}; // in order: braces
  }
};

template <class T, class U>
struct codec<std::pair<T, U>> {
  static std::string type() {
    return codec<std::tuple<T, U>>::type();
  }

  static void encode(encoder& out, const std::pair<T, U>& x) {
    codec<T>::encode(out, x.first);
    codec<U>::encode(out, x.second);
  }

  static std::pair<T, U> decode(decoder& in) {
    return std::pair<T, U>{codec<T>::decode(in), codec<U>::decode(in)};
  }
};

} // namespace troupe
