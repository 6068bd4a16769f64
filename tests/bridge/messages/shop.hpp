// SPDX-License-Identifier: BSL-1.0

#pragma once

#include <troupe/typed_messages.hpp>

#include <cancel_generated.h>
#include <order_generated.h>

template <>
struct troupe::table_traits<shop::Order> {
  static constexpr auto identifier = "ORD1";

  static const char* flaw(const shop::Order& x) {
    if (!is_aligned(x.weights()) || !is_aligned(x.prices()))
      return "its numbers are not aligned";
    return x.side() <= shop::Side::MAX ? nullptr : "it has no such side";
  }
};

template <>
struct troupe::table_traits<shop::Cancel> {
  static constexpr auto identifier = "CAN1";
  static constexpr verify_limits limits = {.max_size = 64, .max_tables = 1};
};

namespace shop {

/// Reads everything, so that a sanitizer sees what verification let through.
inline std::uint64_t touch(const Line& x) {
  auto sum = std::uint64_t{0};
  auto add = [&sum](const flatbuffers::String* text) {
    if (text != nullptr)
      for (auto c : text->string_view())
        sum += static_cast<unsigned char>(c);
  };
  add(x.article());
  if (x.notes() != nullptr)
    for (auto note : *x.notes())
      add(note);
  if (x.parts() != nullptr)
    for (auto part : *x.parts())
      sum += touch(*part);
  return sum;
}

inline std::uint64_t touch(const Order& x) {
  auto sum = x.id() + static_cast<std::uint64_t>(x.side());
  if (x.name() != nullptr)
    for (auto c : x.name()->string_view())
      sum += static_cast<unsigned char>(c);
  if (x.lines() != nullptr)
    for (auto line : *x.lines())
      sum += touch(*line);
  if (x.weights() != nullptr)
    for (auto weight : *x.weights())
      sum += weight > 0;
  if (x.prices() != nullptr)
    for (auto price : *x.prices())
      sum += price->currency() + static_cast<std::uint64_t>(price->cents());
  return sum;
}

} // namespace shop
