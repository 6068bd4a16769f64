// SPDX-License-Identifier: BSL-1.0

#include "mandelbrot.hpp"

#include "picture.hpp"
#include "scene.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <thread>
#include <tuple>
#include <vector>

namespace demo {

namespace {

/// Tiles side by side: small enough for engines to share the work evenly.
constexpr int columns = 16;

/// Every so many tiles one is computed here, too, and compared.
constexpr std::size_t sampled = 24;

/// What the processor spent on this thread: unlike time on the clock, it does
/// not count what engines spend waiting for one another's turn.
double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec)
         + static_cast<double>(now.tv_nsec) / 1e9;
}

/// Runs on an engine. Returns the pixels and what they cost.
std::tuple<double, troupe::array<std::uint8_t>>
render_tile(int width, int height, int left, int top, int tile_width,
            int tile_height) {
  auto start = processor_seconds();
  auto rgb = render(width, height, {left, top, tile_width, tile_height});
  return {processor_seconds() - start, std::move(rgb)};
}
TROUPE_TASK_AS(render_tile, "demo.render_tile");

std::vector<tile> tiles_of(int width, int height) {
  auto tile_size = width / columns;
  std::vector<tile> result;
  for (int top = 0; top < height; top += tile_size)
    for (int left = 0; left < width; left += tile_size)
      result.push_back({left, top, std::min(tile_size, width - left),
                        std::min(tile_size, height - top)});
  return result;
}

} // namespace

void run_mandelbrot(const troupe::client& session, int width, int height,
                    const std::string& path, report& out) {
  auto tiles = tiles_of(width, height);
  std::vector<std::tuple<int, int, int, int, int, int>> inputs;
  for (auto [left, top, w, h] : tiles)
    inputs.emplace_back(width, height, left, top, w, h);

  stopwatch watch;
  auto results = session.balanced().map<render_tile>(inputs);
  picture image{width, height};
  std::vector<troupe::array<std::uint8_t>> kept;
  double processor = 0;
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    auto [seconds, rgb] = results.get(i);
    image.put(tiles[i], rgb);
    processor += seconds;
    if (i % sampled == 0)
      kept.push_back(rgb);
  }
  auto wall = watch.seconds();
  image.write_png(path);

  std::size_t equal = 0;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    auto here = render(width, height, tiles[i * sampled]);
    equal += std::equal(here.begin(), here.end(), kept[i].begin(),
                        kept[i].end());
  }
  out.line(fmt::format("picture   {}x{} in {} tiles, {}: speed-up {:.2f} on {} "
                       "cores; {}",
                       width, height, tiles.size(), time_text(wall),
                       processor / wall, std::thread::hardware_concurrency(),
                       path));
  out.check(equal == kept.size(),
            "tiles of engines equal the same tiles computed here");
}

} // namespace demo
