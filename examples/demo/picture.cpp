// SPDX-License-Identifier: BSL-1.0

#include "picture.hpp"

#include <png.h>

#include <algorithm>
#include <cstddef>
#include <stdexcept>

namespace demo {

namespace {

constexpr std::size_t offset_of(int width, int column, int row) {
  return (static_cast<std::size_t>(row) * static_cast<std::size_t>(width)
          + static_cast<std::size_t>(column))
         * 3;
}

} // namespace

picture::picture(int width, int height)
  : width_(width), height_(height), rgb_(offset_of(width, 0, height)) {
  // nop
}

void picture::put(tile part, std::span<const std::uint8_t> rgb) {
  if (rgb.size() != offset_of(part.width, 0, part.height))
    throw std::runtime_error("a tile has the wrong size");
  for (int row = 0; row < part.height; ++row) {
    auto line = rgb.subspan(offset_of(part.width, 0, row),
                            offset_of(part.width, 0, 1));
    auto where = offset_of(width_, part.left, part.top + row);
    std::copy(line.begin(), line.end(),
              rgb_.begin() + static_cast<std::ptrdiff_t>(where));
  }
}

void picture::write_png(const std::string& path) const {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.format = PNG_FORMAT_RGB;
  image.width = static_cast<png_uint_32>(width_);
  image.height = static_cast<png_uint_32>(height_);
  image.flags = PNG_IMAGE_FLAG_FAST;
  if (png_image_write_to_file(&image, path.c_str(), 0, rgb_.data(), 0, nullptr)
      == 0)
    throw std::runtime_error("cannot write " + path + ": " + image.message);
}

} // namespace demo
