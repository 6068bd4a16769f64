// SPDX-License-Identifier: BSL-1.0
#include "map/map_output.hpp"

#include <troupe/write_all.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utility>

namespace troupe::apps {

namespace {

constexpr auto write_bytes = std::size_t{64} << 10;
constexpr auto redraw_period = std::chrono::milliseconds{100};

std::size_t terminal_width() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 2)
    return 80;
  return size.ws_col;
}

double seconds(duration x) {
  return std::chrono::duration<double>(x).count();
}

} // namespace

map_output::map_output(map_output_config cfg) : cfg_(std::move(cfg)) {
  cfg_.bar = cfg_.bar && animates_stderr();
}

map_output::~map_output() {
  clear_bar();
}

bool map_output::put(const item& x) {
  if (cut_)
    return false;
  unwritten_ += cfg_.json ? to_json_line(x) : x.out;
  auto failure = cfg_.failures && !x.ok();
  if (cfg_.json ? failure : (failure || !x.err.empty())) {
    if (!flush())
      return false;
    print_error(failure ? failure_text(x) : x.err);
  }
  return unwritten_.size() < write_bytes || flush();
}

void map_output::idle(const progress& x) {
  flush();
  auto now = std::chrono::steady_clock::now();
  if (!cfg_.bar || now - drawn_at_ < redraw_period)
    return;
  drawn_at_ = now;
  drawn_ = true;
  // The last column stays free: some terminals break the line there.
  auto line = render(cfg_.label, x, terminal_width() - 1);
  write_all(STDERR_FILENO, "\r" + line + "\x1b[K");
}

bool map_output::flush() {
  if (unwritten_.empty())
    return !cut_;
  clear_bar();
  auto reason = write_all(STDOUT_FILENO, unwritten_);
  unwritten_.clear();
  if (reason != 0 && reason != EPIPE)
    throw std::runtime_error(std::string{"cannot write to stdout: "}
                             + std::strerror(reason));
  cut_ = cut_ || reason == EPIPE;
  return !cut_;
}

void map_output::print_summary(const map_summary& x) {
  auto s = seconds(x.elapsed);
  print_error(fmt::format("{} inputs, {} failed, {:.2f} s, {:.1f}/s\n",
                          x.inputs, x.failed, s,
                          s > 0 ? static_cast<double>(x.inputs) / s : 0.0));
}

void map_output::print_error(const std::string& text) {
  clear_bar();
  write_all(STDERR_FILENO, text);
}

void map_output::clear_bar() {
  if (std::exchange(drawn_, false))
    write_all(STDERR_FILENO, "\r\x1b[K");
  drawn_at_ = {};
}

} // namespace troupe::apps
