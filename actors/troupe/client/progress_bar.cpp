// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/progress_bar.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>
#include <vector>

namespace troupe {

namespace {

constexpr auto redraw_period = std::chrono::milliseconds{100};
constexpr std::size_t widest_bar = 22;
constexpr std::size_t narrowest_bar = 8;

/// Columns of UTF-8 text: continuation bytes take none.
std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(
    std::count_if(text.begin(), text.end(),
                  [](unsigned char c) { return (c & 0xC0) != 0x80; }));
}

std::string without_controls(const std::string& text) {
  auto result = text;
  std::replace_if(
    result.begin(), result.end(),
    [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
  return result;
}

/// Cuts whole characters off the end.
std::string cut(std::string text, std::size_t width) {
  while (columns(text) > width) {
    while (!text.empty() && (text.back() & 0xC0) == 0x80)
      text.pop_back();
    if (!text.empty())
      text.pop_back();
  }
  return text;
}

std::string format(const char* pattern, double x) {
  char text[64];
  std::snprintf(text, sizeof(text), pattern, x);
  return text;
}

std::string time_text(double seconds) {
  if (seconds < 9.95)
    return format(seconds < 0.95 ? "%.1f s" : "%.0f s", seconds);
  if (seconds < 120)
    return format("%.0f s", seconds);
  if (seconds < 7200)
    return format("%.0f min", seconds / 60);
  return format("%.0f h", seconds / 3600);
}

std::string rate_text(double per_second) {
  if (per_second < 100)
    return format("%.1f/s", per_second);
  if (per_second < 10000)
    return format("%.0f/s", per_second);
  return format("%.0fk/s", per_second / 1000);
}

std::string bar_text(const progress& x, std::size_t width) {
  auto inner = width - 2;
  auto filled = x.total == 0 ? inner : inner * x.done / x.total;
  std::string result(inner, ' ');
  std::fill_n(result.begin(), filled, '=');
  if (filled > 0 && filled < inner)
    result[filled - 1] = '>';
  return "[" + result + "]";
}

/// What stands behind the bar, the dispensable last.
std::vector<std::string> facts(const progress& x) {
  auto percent = x.total == 0 ? 100 : x.done * 100 / x.total;
  auto share = std::to_string(percent);
  share.insert(0, 3 - std::min<std::size_t>(3, share.size()), ' ');
  std::vector<std::string> result{share + " %"};
  result.push_back(std::to_string(x.done) + "/" + std::to_string(x.total));
  if (x.failed > 0)
    result.push_back("failed " + std::to_string(x.failed));
  auto seconds = std::chrono::duration<double>(x.elapsed).count();
  if (x.done == 0 || seconds <= 0)
    return result;
  auto rate = static_cast<double>(x.done) / seconds;
  result.push_back(rate_text(rate));
  if (x.done < x.total)
    result.push_back("eta "
                     + time_text(static_cast<double>(x.total - x.done) / rate));
  else
    result.push_back("in " + time_text(seconds));
  return result;
}

std::size_t joined_width(const std::vector<std::string>& parts) {
  std::size_t result = 0;
  for (auto& part : parts)
    result += 2 + part.size();
  return result;
}

std::size_t terminal_width() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return 80;
  return size.ws_col;
}

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

} // namespace

std::string render(const std::string& label, const progress& x,
                   std::size_t width) {
  auto head = without_controls(label);
  auto tail = facts(x);
  auto essential = std::size_t{x.failed > 0 ? 3u : 2u};
  auto used = [&] { return columns(head) + joined_width(tail); };
  while (used() + 2 + narrowest_bar > width && tail.size() > essential)
    tail.pop_back();
  auto result = head;
  if (used() + 2 + narrowest_bar <= width)
    result += "  " + bar_text(x, std::min(widest_bar, width - used() - 2));
  else if (used() > width)
    result = cut(head, width - std::min(width, joined_width(tail)));
  for (auto& part : tail)
    result += (result.empty() ? "" : "  ") + part;
  return cut(std::move(result), width);
}

bool animates_stderr() {
  auto set = [](const char* name) {
    auto value = std::getenv(name);
    return value != nullptr && *value != '\0';
  };
  return isatty(STDERR_FILENO) != 0 && !set("NO_COLOR") && set("TERM")
         && std::string_view{std::getenv("TERM")} != "dumb";
}

progress_bar::progress_bar(std::string label)
  : label_(std::move(label)), enabled_(animates_stderr()) {
  // nop
}

progress_bar::~progress_bar() {
  if (drawn_)
    print("\n");
}

void progress_bar::update(const task_group& group) {
  if (!enabled_)
    return;
  progress x{group.done(), group.failed(), group.size(), {}};
  auto now = task_group::clock::now();
  auto complete = x.done == x.total;
  std::lock_guard guard{mutex_};
  if (complete ? complete_ : now - last_ < redraw_period)
    return;
  complete_ = complete;
  last_ = now;
  x.elapsed = group.finished() - group.submitted();
  drawn_ = true;
  // The last column stays free: some terminals break the line there.
  print("\r" + render(label_, x, terminal_width() - 1) + "\x1b[K");
}

namespace {

/// Calls `done(slice)` with slices of `limit` until it returns `true`.
template <class Done, class Draw>
bool wait_in_slices(duration limit, Done done, Draw draw) {
  auto result = false;
  do {
    draw();
    auto slice = std::min(limit, duration{redraw_period});
    result = done(slice);
    if (limit != forever)
      limit -= slice;
  } while (!result && limit > duration::zero());
  draw();
  return result;
}

} // namespace

bool progress_bar::wait(const task_group& group, std::size_t index,
                        duration limit) {
  if (!enabled_)
    return group.wait(index, limit);
  return wait_in_slices(
    limit, [&](duration slice) { return group.wait(index, slice); },
    [&] { update(group); });
}

bool progress_bar::wait(const task_group& group, duration limit) {
  if (!enabled_)
    return group.wait_all(limit);
  return wait_in_slices(
    limit, [&](duration slice) { return group.wait_all(slice); },
    [&] { update(group); });
}

void progress_bar::clear() {
  std::lock_guard guard{mutex_};
  if (std::exchange(drawn_, false))
    print("\r\x1b[K");
  last_ = {};
  complete_ = false;
}

} // namespace troupe
