// SPDX-License-Identifier: BSL-1.0

#include "scene.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

namespace demo {

namespace {

/// What the picture shows: a spiral in the valley of the seahorses.
constexpr double center_re = -0.7434;
constexpr double center_im = 0.13152;
constexpr double scene_width = 0.0030;

/// When a point counts as part of the set.
constexpr int max_iterations = 1500;

/// Far enough out for the colours to be smooth.
constexpr double escape_norm = 1e6;

/// Points per pixel and direction, against jagged edges.
constexpr int samples = 2;

struct color {
  double red = 0;
  double green = 0;
  double blue = 0;
};

/// A gradient from deep blue over white and gold back to blue.
color gradient(double t) {
  auto wave = [t](double least, double phase) {
    auto x = 0.5 + 0.5 * std::cos(2 * std::numbers::pi * (t + phase));
    return least + (1 - least) * x;
  };
  return {wave(0.02, 0.50), wave(0.09, 0.44), wave(0.24, 0.33)};
}

/// Lights the surface that the escape times form, from the upper left.
double light(double re, double im, double dre, double dim) {
  constexpr double height = 1.4;
  auto norm = dre * dre + dim * dim;
  auto slope_re = (re * dre + im * dim) / norm;
  auto slope_im = (im * dre - re * dim) / norm;
  auto length = std::hypot(slope_re, slope_im);
  auto angle = std::numbers::sqrt2 / 2 * (slope_im - slope_re) / length;
  return std::max(0.0, (angle + height) / (1 + height));
}

color color_of(double cre, double cim) {
  double re = 0, im = 0, dre = 0, dim = 0;
  for (int n = 0; n < max_iterations; ++n) {
    auto re2 = re * re, im2 = im * im;
    if (re2 + im2 > escape_norm) {
      auto smooth = n + 1 - std::log2(std::log(re2 + im2) / 2);
      auto x = gradient(std::log(std::max(smooth, 1.0)) * 0.75);
      auto brightness = light(re, im, dre, dim);
      return {x.red * brightness, x.green * brightness, x.blue * brightness};
    }
    auto next_dre = 2 * (re * dre - im * dim) + 1;
    dim = 2 * (re * dim + im * dre);
    dre = next_dre;
    im = 2 * re * im + cim;
    re = re2 - im2 + cre;
  }
  return {};
}

std::uint8_t to_byte(double x) {
  auto gamma = std::sqrt(std::clamp(x, 0.0, 1.0)); // sum of samples is linear
  return static_cast<std::uint8_t>(std::lround(255 * gamma));
}

color pixel_color(int width, int height, int column, int row) {
  color sum;
  auto scale = scene_width / width;
  for (int i = 0; i < samples * samples; ++i) {
    auto x = column + (i % samples + 0.5) / samples - width / 2.0;
    auto y = row + (i / samples + 0.5) / samples - height / 2.0;
    auto c = color_of(center_re + x * scale, center_im - y * scale);
    sum.red += c.red * c.red;
    sum.green += c.green * c.green;
    sum.blue += c.blue * c.blue;
  }
  constexpr double n = samples * samples;
  return {sum.red / n, sum.green / n, sum.blue / n};
}

} // namespace

pixels render(int width, int height, tile part) {
  pixels result;
  result.reserve(static_cast<std::size_t>(part.width)
                 * static_cast<std::size_t>(part.height) * 3);
  for (int row = part.top; row < part.top + part.height; ++row)
    for (int column = part.left; column < part.left + part.width; ++column) {
      auto c = pixel_color(width, height, column, row);
      result.push_back(to_byte(c.red));
      result.push_back(to_byte(c.green));
      result.push_back(to_byte(c.blue));
    }
  return result;
}

} // namespace demo
