// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "codec_samples.hpp"

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Bytes by hand, as somebody writes them who knows the type: a count, and then
/// the elements as they lie in memory. Bounds are checked, since bytes come
/// from elsewhere.
namespace troupe::perf {

// -- writing ------------------------------------------------------------------

inline void raw_put(std::string& out, const void* data, std::size_t size) {
  out.append(static_cast<const char*>(data), size);
}

template <class T>
void raw_put_number(std::string& out, T x) {
  raw_put(out, &x, sizeof(x));
}

inline void raw_encode(std::string& out, const std::string& x) {
  raw_put_number(out, static_cast<std::uint32_t>(x.size()));
  raw_put(out, x.data(), x.size());
}

inline void raw_encode(std::string& out, const std::vector<std::int64_t>& xs) {
  raw_put_number(out, static_cast<std::uint32_t>(xs.size()));
  raw_put(out, xs.data(), xs.size() * sizeof(std::int64_t));
}

inline void raw_encode(std::string& out, const array<double>& xs) {
  raw_put_number(out, static_cast<std::uint32_t>(xs.size()));
  raw_put(out, xs.data(), xs.size() * sizeof(double));
}

inline void raw_encode(std::string& out,
                       const std::pair<std::string, std::int64_t>& x) {
  raw_encode(out, x.first);
  raw_put_number(out, x.second);
}

inline void raw_encode(std::string& out, const particle& x) {
  raw_put_number(out, x.id);
  raw_put(out, x.position, sizeof(x.position));
  raw_encode(out, x.name);
}

template <class T>
void raw_encode(std::string& out, const std::vector<T>& xs) {
  raw_put_number(out, static_cast<std::uint32_t>(xs.size()));
  for (const auto& x : xs)
    raw_encode(out, x);
}

// -- reading ------------------------------------------------------------------

/// Cuts `size` bytes off the front. Throws `std::runtime_error` if they are not
/// there.
inline const char* raw_take(std::string_view& in, std::size_t size) {
  if (in.size() < size)
    throw std::runtime_error("the raw path cannot read what it wrote");
  auto result = in.data();
  in.remove_prefix(size);
  return result;
}

template <class T>
T raw_take_number(std::string_view& in) {
  T result;
  std::memcpy(&result, raw_take(in, sizeof(result)), sizeof(result));
  return result;
}

inline void raw_decode(std::string_view& in, std::string& x) {
  auto size = raw_take_number<std::uint32_t>(in);
  x.assign(raw_take(in, size), size);
}

inline void raw_decode(std::string_view& in, std::vector<std::int64_t>& xs) {
  auto count = raw_take_number<std::uint32_t>(in);
  auto from = raw_take(in, count * sizeof(std::int64_t));
  xs.resize(count);
  std::memcpy(xs.data(), from, count * sizeof(std::int64_t));
}

inline void raw_decode(std::string_view& in, array<double>& xs) {
  auto count = raw_take_number<std::uint32_t>(in);
  std::vector<double> values(count);
  std::memcpy(values.data(), raw_take(in, count * sizeof(double)),
              count * sizeof(double));
  xs = array<double>{std::move(values)};
}

inline void raw_decode(std::string_view& in,
                       std::pair<std::string, std::int64_t>& x) {
  raw_decode(in, x.first);
  x.second = raw_take_number<std::int64_t>(in);
}

inline void raw_decode(std::string_view& in, particle& x) {
  x.id = raw_take_number<std::uint64_t>(in);
  std::memcpy(x.position, raw_take(in, sizeof(x.position)), sizeof(x.position));
  raw_decode(in, x.name);
}

template <class T>
void raw_decode(std::string_view& in, std::vector<T>& xs) {
  auto count = raw_take_number<std::uint32_t>(in);
  xs.resize(count);
  for (auto& x : xs)
    raw_decode(in, x);
}

} // namespace troupe::perf
