// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/buffer.hpp"
#include "troupe/codec/array.hpp"
#include "troupe/codec/decoder.hpp"
#include "troupe/codec/encoder.hpp"
#include "troupe/limits.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

/// How arguments and results become bytes and frames, and back.
///
/// One pass over the object; numbers in little-endian order as the machine has
/// them; byte ranges over `limits::inline_bytes` become frames of their own.
namespace troupe {

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
/// other's tasks instead of misreading them. `encode` may also take an rvalue
/// and move out of it.
template <class T>
struct codec {
  /// Marks types that cannot travel: nobody specialised `codec` for them.
  using missing = void;
};

/// Types that can be arguments and results of tasks.
template <class T>
concept encodable = !requires {
  typename codec<T>::missing;
};

// -- numbers ------------------------------------------------------------------

namespace detail {

/// `bool`, `u8`, `i32`, `f64`; enumerators have the name of their number.
template <class T>
std::string number_name() {
  using number = typename number_type<T>::type;
  if constexpr (std::is_same_v<number, bool>)
    return "bool";
  else
    return (std::is_floating_point_v<number> ? "f"
            : std::is_signed_v<number>       ? "i"
                                             : "u")
           + std::to_string(sizeof(number) * 8);
}

} // namespace detail

template <class T>
requires(std::is_arithmetic_v<T> && !std::is_same_v<T, long double>)
  || std::is_enum_v<T> struct codec<T> {
  static std::string type() {
    return detail::number_name<T>();
  }

  static void encode(encoder& out, T x) {
    out.scalar(x);
  }

  static T decode(decoder& in) {
    return in.scalar<T>();
  }
};

// -- byte ranges --------------------------------------------------------------

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
    return "[" + detail::number_name<T>() + "]";
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
    auto xs = in.shared_bytes();
    if (xs.size() % sizeof(T) != 0) {
      in.fail();
      return {};
    }
    return array<T>{std::move(xs)};
  }
};

} // namespace troupe
