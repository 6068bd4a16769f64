// SPDX-License-Identifier: BSL-1.0

#include "crossover_plots.hpp"

#include <array>
#include <string_view>

namespace troupe::perf {

namespace {

/// One figure, and its relative twin.
struct subject {
  std::string name;
  std::string title;
  std::string metric;
  std::string unit;
};

const std::array subjects{
  subject{"throughput", "Throughput, first receive to last", "msgs_per_s",
          "messages / s"},
  subject{"sends", "Send calls alone", "sends_per_s", "sends / s"},
  subject{"latency", "Round trip, median", "median_us", "microseconds"},
};

/// Published by the authors of pyzmq, over ipc: size, rates of messages copied
/// and not, rates of sends copied and not.
constexpr std::array<std::array<double, 5>, 10> published{{
  {100, 413920, 179905, 1627552, 179959},
  {1000, 298609, 176996, 1431822, 177048},
  {4641, 114274, 88427, 502831, 212472},
  {10000, 56080, 42185, 260062, 196967},
  {14677, 40722, 32054, 153269, 196123},
  {46415, 17145, 13692, 73410, 183815},
  {100000, 10274, 8656, 34865, 159343},
  {215443, 8381, 7854, 18075, 144214},
  {464158, 4326, 3949, 8100, 173791},
  {1000000, 2195, 2328, 3971, 175276},
}};

/// pyzmq's curves, if it published any of this kind.
std::vector<curve> published_curves(const subject& what, bool relative) {
  auto column = what.name == "throughput" ? 1u : what.name == "sends" ? 3u : 0u;
  if (column == 0)
    return {};
  curve copied{"pyzmq copy", {}, 2, false, true};
  curve lent{relative ? "pyzmq" : "pyzmq no copy", {}, 3, false, true};
  for (const auto& x : published) {
    copied.points.emplace_back(x[0], x[column]);
    lent.points.emplace_back(x[0], relative ? x[column + 1] / x[column]
                                            : x[column + 1]);
  }
  if (relative)
    return {lent};
  return {copied, lent};
}

std::vector<curve> measured_curves(const crossover_curves& from,
                                   const subject& what, bool relative) {
  std::vector<curve> result;
  for (auto [path, hue] : {std::pair{"raw", 0u}, std::pair{"actor", 1u}}) {
    curve copied{std::string{path} + " copy", {}, hue, false, false};
    curve lent{path + std::string{relative ? "" : " no copy"},
               {},
               hue,
               !relative,
               false};
    for (const auto& [size, x] : from.points(path, what.metric)) {
      auto at = static_cast<double>(size);
      if (x.copied <= 0 || x.lent <= 0)
        continue;
      copied.points.emplace_back(at, x.copied);
      lent.points.emplace_back(at, relative ? x.lent / x.copied : x.lent);
    }
    if (!relative)
      result.push_back(std::move(copied));
    result.push_back(std::move(lent));
  }
  return result;
}

std::string size_text(std::size_t bytes) {
  if (bytes < 10'000)
    return std::to_string(bytes) + " B";
  if (bytes < 10'000'000)
    return std::to_string(bytes / 1000) + " kB";
  return std::to_string(bytes / 1'000'000) + " MB";
}

panel make_panel(const std::string& transport, const crossover_curves& from,
                 const subject& what, bool relative) {
  panel result{transport, measured_curves(from, what, relative), {}};
  if (transport == "ipc")
    for (auto& x : published_curves(what, relative))
      result.curves.push_back(std::move(x));
  if (what.name == "latency")
    return result;
  for (const auto& [path, x] : from.found()) {
    // An actor's send costs the same either way: the pump copies.
    if (what.name == "sends" && path != "raw")
      continue;
    auto size = what.name == "sends" ? x.send : x.total;
    result.marks.emplace_back(static_cast<double>(size),
                              path + " " + size_text(size));
  }
  return result;
}

} // namespace

void crossover_curves::add(const std::string& path, const std::string& metric,
                           bool copied, std::size_t size, double value) {
  auto& point = points_[{path, metric}][size];
  (copied ? point.copied : point.lent) = value;
}

const crossover_curves::point_map&
crossover_curves::points(const std::string& path,
                         const std::string& metric) const {
  static const point_map none;
  auto i = points_.find({path, metric});
  return i != points_.end() ? i->second : none;
}

void crossover_curves::set_thresholds(const std::string& path, std::size_t send,
                                      std::size_t total) {
  found_[path] = {send, total};
}

std::vector<figure> crossover_figures(
  const std::vector<std::pair<std::string, crossover_curves>>& transports) {
  std::vector<figure> result;
  for (const auto& what : subjects)
    for (auto relative : {false, true}) {
      figure fig;
      fig.name = "crossover-" + std::string{relative ? "relative-" : ""}
                 + what.name;
      fig.title = what.title
                  + (relative ? ": no copy in relation to copy" : "");
      fig.x_label = "message size (bytes)";
      fig.x_from = 30;
      fig.x_to = 4e7;
      fig.y_label = relative ? "no copy / copy" : what.unit;
      fig.relative = relative;
      for (const auto& [transport, curves] : transports)
        fig.panels.push_back(make_panel(transport, curves, what, relative));
      result.push_back(std::move(fig));
    }
  return result;
}

} // namespace troupe::perf
