// SPDX-License-Identifier: BSL-1.0

#pragma once

#include "fuzz/decoders.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace troupe::fuzz {

/// Cuts the input of a decoder into pieces. Nothing fails: what is missing at
/// the end is zero, or short.
class input {
public:
  explicit input(bytes all) noexcept : rest_(all) {
    // nop
  }

  bool empty() const noexcept {
    return rest_.empty();
  }

  std::size_t byte() noexcept {
    auto result = take(1);
    return result.empty() ? 0 : std::to_integer<std::size_t>(result[0]);
  }

  /// Two bytes, the lower one first.
  std::size_t word() noexcept {
    auto low = byte();
    return low | byte() << 8;
  }

  bytes take(std::size_t size) noexcept {
    auto result = rest_.first(std::min(size, rest_.size()));
    rest_ = rest_.subspan(result.size());
    return result;
  }

  std::string_view text(std::size_t size) noexcept {
    auto result = take(size);
    return {reinterpret_cast<const char*>(result.data()), result.size()};
  }

private:
  bytes rest_;
};

} // namespace troupe::fuzz
