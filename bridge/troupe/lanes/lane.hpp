// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/expected.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace troupe {

/// One of the connections between two processes. Small messages never queue
/// behind large ones, because those travel elsewhere.
enum class lane : std::uint8_t {
  /// What must overtake everything else.
  control,
  /// Small messages.
  task,
  /// Large messages.
  bulk,
};

inline constexpr auto all_lanes = std::array{lane::control, lane::task,
                                             lane::bulk};

/// Returns the name of a lane, such as `bulk`.
/// @relates lane
const char* to_string(lane x) noexcept;

/// One value per lane.
template <class T>
struct per_lane {
  T& operator[](lane x) noexcept {
    return values[static_cast<std::size_t>(x)];
  }

  const T& operator[](lane x) const noexcept {
    return values[static_cast<std::size_t>(x)];
  }

  /// Whether all values are true.
  bool all() const noexcept {
    return std::all_of(values.begin(), values.end(),
                       [](const T& x) { return static_cast<bool>(x); });
  }

  /// Whether any value is true.
  bool any() const noexcept {
    return std::any_of(values.begin(), values.end(),
                       [](const T& x) { return static_cast<bool>(x); });
  }

  std::array<T, all_lanes.size()> values{};
};

/// Where the lanes of one process are.
struct lane_endpoints : per_lane<std::string> {};

/// Derives three endpoints from one: `tcp://h:7000` means the ports 7000 to
/// 7002, `tcp://h:*` any three, `ipc:///run/x` and `inproc://x` get the
/// suffixes
/// `.control`, `.task` and `.bulk`. Fails with `ec::bad_endpoint`.
caf::expected<lane_endpoints> derive_lanes(std::string_view base);

} // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::lane_endpoints)
