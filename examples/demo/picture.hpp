// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "scene.hpp"

#include <cstdint>
#include <span>
#include <string>

namespace demo {

/// A picture that is put together from tiles.
class picture {
public:
  picture(int width, int height);

  /// Copies the pixels of a tile to where it belongs.
  void put(tile part, std::span<const std::uint8_t> rgb);

  /// Throws `std::runtime_error`.
  void write_png(const std::string& path) const;

private:
  int width_;
  int height_;
  pixels rgb_;
};

} // namespace demo
