// SPDX-License-Identifier: BSL-1.0

#include "harness/plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <sys/wait.h>

namespace troupe::perf {

namespace {

constexpr std::array hues{"#1f5fa8", "#d1690e", "#6a6a6a", "#2a8a4a"};

/// Of curves of the actor path.
constexpr std::array actor_hues{"#d1690e", "#8f1d14", "#d9a400", "#7a3fa0",
                                "#b0568a"};

constexpr int panel_width = 460;
constexpr int single_width = 640;
constexpr std::size_t plain_height = 370;

/// Of a line of the legend.
constexpr std::size_t line_height = 19;

/// Quotes a text as gnuplot does, without its markup.
std::string in_quotes(std::string_view text) {
  std::string result{"'"};
  for (auto c : text)
    result += c == '\'' ? std::string{"''"} : std::string(1, c);
  return result + "'";
}

void add_data(std::string& out, const curve& x, const std::string& name) {
  out += "$" + name + " << EOD\n";
  for (auto [a, b] : x.points)
    out += fmt::format("{} {}\n", a, b);
  out += "EOD\n";
}

std::string style_of(const curve& x, bool has_lines) {
  auto color = x.hue == 1 ? actor_hues[x.mark % actor_hues.size()]
                          : hues[x.hue % hues.size()];
  if (x.only_points) // an x or a +
    return fmt::format("with points pt {} ps 0.9 lw 1.5 lc rgb '{}'",
                       2 - x.hue % 2, color);
  // Each shape comes hollow and, one further, filled.
  constexpr std::array shapes{6, 4, 8, 10, 12};
  auto shape = shapes[x.mark % shapes.size()] + (x.dashed ? 0 : 1);
  // Where both paths have the same value, a rim of the raw one shows.
  if (!has_lines)
    return fmt::format("with points pt {} ps {} lc rgb '{}'", shape,
                       x.hue == 0 ? 1.7 : 1.0, color);
  return fmt::format("with linespoints lw 2 dt {} pt {} ps 0.6 lc rgb '{}'",
                     x.dashed ? 2 : 1, shape, color);
}

void add_marks(std::string& out, const figure& fig, const panel& x) {
  auto height = 0.06;
  auto is_right = [&](double where) {
    return fig.x_to > fig.x_from && where * where > fig.x_from * fig.x_to;
  };
  for (const auto& [where, label] : x.marks) {
    out += fmt::format("set arrow from {0}, graph 0 to {0}, graph 1 nohead "
                       "dt 3 lw 1.5 lc rgb '#444444' back\n",
                       where);
    out += fmt::format("set label {} at {}, graph {:.2f} {},0 font ',10' "
                       "noenhanced front\n",
                       in_quotes(label), where, height,
                       is_right(where) ? "right offset -0.4" : "offset 0.4");
    height += 0.06;
  }
}

/// Horizontal lines stand in the legend, and count for the axis.
std::string to_lines(const panel& x) {
  std::string result;
  auto dash = 3;
  for (const auto& [where, label] : x.levels)
    result += fmt::format(",\\\n    {} with lines lw 1.5 dt {} lc rgb "
                          "'#444444' title {} noenhanced",
                          where, dash++, in_quotes(label));
  return result;
}

/// Names instead of numbers below the axis.
std::string to_tics(const std::vector<std::string>& names) {
  std::string result;
  for (std::size_t i = 0; i < names.size(); ++i)
    result += fmt::format("{}{} {}", i == 0 ? "" : ", ", in_quotes(names[i]),
                          i);
  return fmt::format("unset logscale x\nset xrange [-0.5:{}.5]\n"
                     "set xtics {}({}) noenhanced\n",
                     names.size() - 1, names.size() > 4 ? "rotate by -30 " : "",
                     result);
}

std::size_t legend_lines(const panel& x) {
  return x.curves.size() + x.levels.size();
}

std::size_t legend_lines(const figure& x) {
  std::size_t result = 0;
  for (const auto& y : x.panels)
    result = std::max(result, legend_lines(y));
  return result;
}

void add_panel(std::string& out, const figure& fig, std::size_t index) {
  const auto& x = fig.panels[index];
  std::string lines;
  for (std::size_t i = 0; i < x.curves.size(); ++i) {
    auto name = fmt::format("p{}c{}", index, i);
    if (x.curves[i].points.empty())
      continue;
    add_data(out, x.curves[i], name);
    lines += fmt::format("{} ${} using 1:2 {} title {} noenhanced",
                         lines.empty() ? "plot" : ",\\\n    ", name,
                         style_of(x.curves[i], fig.categories.empty()),
                         in_quotes(x.curves[i].title));
  }
  if (lines.empty())
    return;
  out += "unset arrow\nunset label\n";
  add_marks(out, fig, x);
  lines += to_lines(x);
  // Panels side by side have the same height.
  for (auto i = legend_lines(x); i < legend_lines(fig); ++i)
    lines += ",\\\n    NaN with lines lc rgb '#ffffff' title ' '";
  if (fig.relative)
    lines += ",\\\n     1 with lines lw 1 lc rgb '#000000' notitle";
  out += "set title " + in_quotes(x.title) + " noenhanced\n" + lines + "\n";
}

/// Whether an axis of values has to go below 1.
bool has_fractions(const figure& fig) {
  for (const auto& x : fig.panels)
    for (const auto& y : x.curves)
      for (auto [at, value] : y.points)
        if (value < 1)
          return true;
  return false;
}

/// Runs gnuplot. Returns its exit status, 127 if there is none.
int run_gnuplot(const std::string& script) {
  auto command = "gnuplot '" + script + "' 2>/dev/null";
  auto status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

} // namespace

std::string to_gnuplot(const figure& x) {
  std::string out;
  out += "set encoding utf8\n";
  out += "set logscale xy\nset grid xtics ytics lt 1 lw 1 lc rgb "
         "'#dddddd'\nset border 3\n";
  out += "set tics nomirror\nset format x '%.0s%c'\nset format y '%.0s%c'\n";
  if (x.linear)
    out += "unset logscale y\nset yrange [0:*]\n";
  if (x.relative || x.linear || has_fractions(x))
    out += "set format y '%g'\n";
  if (x.x_from > 0 && x.x_to > x.x_from)
    out += fmt::format("set xrange [{}:{}]\n", x.x_from, x.x_to);
  if (!x.categories.empty())
    out += to_tics(x.categories);
  out += "set key outside below horizontal maxcols 1 width 1 title ' '\n";
  out += "set xlabel " + in_quotes(x.x_label) + " offset 0,0.4\n";
  out += "set ylabel " + in_quotes(x.y_label) + "\n";
  out += fmt::format("set multiplot layout 1,{} title {} noenhanced font "
                     "',15'\n",
                     std::max<std::size_t>(x.panels.size(), 1),
                     in_quotes(x.title));
  for (std::size_t i = 0; i < x.panels.size(); ++i)
    add_panel(out, x, i);
  return out + "unset multiplot\n";
}

void draw(const figure& x, const std::string& dir) {
  std::error_code code;
  std::filesystem::create_directories(dir, code);
  auto base = dir + "/" + x.name;
  auto width = x.panels.size() > 1 ? panel_width * x.panels.size()
                                   : std::size_t{single_width};
  auto height = plain_height + line_height * legend_lines(x);
  auto size = fmt::format("size {},{}", width, height);
  std::ofstream script{base + ".gp"};
  for (std::string_view kind : {"svg", "png"})
    script << "reset\nset terminal " << (kind == "svg" ? "svg" : "pngcairo")
           << " " << size << " font 'Sans,12' background '#ffffff'\n"
           << "set output " << in_quotes(base + "." + std::string{kind}) << "\n"
           << to_gnuplot(x) << "unset output\n";
  if (!script.flush())
    throw std::runtime_error("cannot write '" + base + ".gp'");
  auto status = run_gnuplot(base + ".gp");
  if (status == 127)
    throw std::runtime_error("no gnuplot here: install it (apt-get install "
                             "gnuplot-nox), then run it on '"
                             + base + ".gp'");
  if (status != 0)
    throw std::runtime_error("gnuplot fails on '" + base + ".gp'");
}

} // namespace troupe::perf
