// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <caf/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace troupe {

/// Decides per frame whether the bridge copies it into the message or lends
/// its memory to ZeroMQ (zero copy). Lending costs an allocation and a release
/// call; copying costs the copy.
class copy_policy {
public:
  /// Frames of this size or less are copied by default: on this hardware
  /// lending pays from about half a kilobyte to a kilobyte on.
  static constexpr std::size_t default_threshold = 1024;

  /// Copies frames of at most `threshold` bytes and lends larger ones.
  constexpr explicit copy_policy(
    std::size_t threshold = default_threshold) noexcept
    : threshold_(threshold) {
    // nop
  }

  static constexpr copy_policy always() noexcept {
    return copy_policy{std::numeric_limits<std::size_t>::max()};
  }

  /// Lends everything but empty frames.
  static constexpr copy_policy never() noexcept {
    return copy_policy{0};
  }

  /// Measures on this machine, once per transport, from which size on lending
  /// pays; see `calibrate`. A socket does so when it opens. Until then, the
  /// threshold is the default one.
  static constexpr copy_policy automatic() noexcept {
    copy_policy result;
    result.measured_ = true;
    return result;
  }

  /// Reads `always`, `never`, `auto` or a size such as `1024`, `64k`, `1M`.
  static caf::expected<copy_policy> parse(std::string_view text);

  constexpr bool copies(std::size_t size) const noexcept {
    return size <= threshold_;
  }

  /// Whether this is `automatic()`.
  constexpr bool is_automatic() const noexcept {
    return measured_;
  }

  /// Largest size in bytes that is copied.
  constexpr std::size_t threshold() const noexcept {
    return threshold_;
  }

  friend bool operator==(copy_policy, copy_policy) = default;

private:
  std::size_t threshold_;
  bool measured_ = false;
};

/// Returns `always`, `never`, `auto` or the threshold in bytes.
/// @relates copy_policy
std::string to_string(copy_policy policy);

} // namespace troupe
