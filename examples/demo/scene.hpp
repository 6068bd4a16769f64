// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>
#include <vector>

namespace demo {

/// A rectangle of pixels.
struct tile {
  int left;
  int top;
  int width;
  int height;
};

/// Red, green and blue of each pixel, row by row.
using pixels = std::vector<std::uint8_t>;

/// Computes a tile of a picture of the Mandelbrot set that is `width` pixels
/// wide and `height` high. Plain C++: knows of no cluster.
pixels render(int width, int height, tile part);

} // namespace demo
