// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/codec/basic_codec.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

/// The codecs of containers, on top of those of numbers and byte ranges.
namespace troupe {

template <encodable T>
requires(!wire_number<T>) struct codec<std::vector<T>> {
  static std::string type() {
    return "[" + codec<T>::type() + "]";
  }

  static void encode(encoder& out, const std::vector<T>& xs) {
    out.scalar(std::uint64_t{xs.size()});
    for (const auto& x : xs)
      codec<T>::encode(out, x);
  }

  static void encode(encoder& out, std::vector<T>&& xs) {
    out.scalar(std::uint64_t{xs.size()});
    for (auto&& x : xs)
      codec<T>::encode(out, static_cast<T&&>(x));
  }

  static std::vector<T> decode(decoder& in) {
    std::vector<T> result;
    auto n = in.count();
    // A count is a claim: believe it as far as it costs nothing.
    result.reserve(std::min(n, std::size_t{1024}));
    for (std::size_t i = 0; i < n && !in.failed(); ++i)
      result.push_back(codec<T>::decode(in));
    return result;
  }
};

template <encodable T>
struct codec<std::optional<T>> {
  static std::string type() {
    return codec<T>::type() + "?";
  }

  static void encode(encoder& out, const std::optional<T>& x) {
    out.scalar(x.has_value());
    if (x)
      codec<T>::encode(out, *x);
  }

  static void encode(encoder& out, std::optional<T>&& x) {
    out.scalar(x.has_value());
    if (x)
      codec<T>::encode(out, std::move(*x));
  }

  static std::optional<T> decode(decoder& in) {
    if (!in.scalar<bool>())
      return std::nullopt;
    return std::optional<T>{std::in_place, codec<T>::decode(in)};
  }
};

template <encodable... Ts>
struct codec<std::tuple<Ts...>> {
  static std::string type() {
    std::string result = "(";
    ((result += codec<Ts>::type(), result += ", "), ...);
    if constexpr (sizeof...(Ts) > 0)
      result.resize(result.size() - 2);
    return result + ")";
  }

  static void encode([[maybe_unused]] encoder& out,
                     const std::tuple<Ts...>& xs) {
    std::apply([&](const Ts&... x) { (codec<Ts>::encode(out, x), ...); }, xs);
  }

  static void encode([[maybe_unused]] encoder& out, std::tuple<Ts...>&& xs) {
    std::apply([&](Ts&... x) { (codec<Ts>::encode(out, std::move(x)), ...); },
               xs);
  }

  static std::tuple<Ts...> decode([[maybe_unused]] decoder& in) {
    return std::tuple<Ts...>{codec<Ts>::decode(in)...}; // in order: braces
  }
};

template <encodable T, encodable U>
struct codec<std::pair<T, U>> {
  static std::string type() {
    return codec<std::tuple<T, U>>::type();
  }

  static void encode(encoder& out, const std::pair<T, U>& x) {
    codec<T>::encode(out, x.first);
    codec<U>::encode(out, x.second);
  }

  static void encode(encoder& out, std::pair<T, U>&& x) {
    codec<T>::encode(out, std::move(x.first));
    codec<U>::encode(out, std::move(x.second));
  }

  static std::pair<T, U> decode(decoder& in) {
    return std::pair<T, U>{codec<T>::decode(in), codec<U>::decode(in)};
  }
};

} // namespace troupe
