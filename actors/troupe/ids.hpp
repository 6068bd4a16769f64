// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe {

/// Identifies an engine for the lifetime of a controller, from 0 upward.
enum class engine_id : std::uint32_t {};

/// Stands for "no engine" on the wire and in results.
inline constexpr auto no_engine = engine_id{0xFFFFFFFF};

/// Identifies a client for the lifetime of a controller.
enum class client_id : std::uint32_t {};

/// Identifies a function: the 64-bit FNV-1a hash of its name.
enum class function_id : std::uint64_t {};

/// A client's number for one of its tasks, ascending from 1.
using task_number = std::uint64_t;

/// Computes the 64-bit FNV-1a hash of `text`, see
/// http://www.isthe.com/chongo/tech/comp/fnv.
constexpr std::uint64_t fnv1a(std::string_view text) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (auto c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

constexpr function_id function_id_of(std::string_view name) noexcept {
  return function_id{fnv1a(name)};
}

constexpr std::uint32_t value(engine_id id) noexcept {
  return static_cast<std::uint32_t>(id);
}

constexpr std::uint32_t value(client_id id) noexcept {
  return static_cast<std::uint32_t>(id);
}

constexpr std::uint64_t value(function_id id) noexcept {
  return static_cast<std::uint64_t>(id);
}

inline std::string to_string(engine_id id) {
  return "engine-" + std::to_string(value(id));
}

inline std::string to_string(client_id id) {
  return "client-" + std::to_string(value(id));
}

} // namespace troupe
