// SPDX-License-Identifier: BSL-1.0
#include "troupe/process/line_relay.hpp"

#include "troupe/write_all.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace troupe {

namespace {

/// What one call takes at most: all that a pipe holds, and no more, or a writer
/// that never pauses would keep its reader from everything else.
constexpr auto max_chunks = 16;

} // namespace

line_relay::line_relay(descriptor from, int to)
  : from_(std::move(from)), to_(to) {
  fcntl(fd(), F_SETFL, fcntl(fd(), F_GETFL) | O_NONBLOCK);
}

bool line_relay::pump() {
  std::array<char, 4096> chunk;
  for (auto left = max_chunks; from_ && left > 0; --left) {
    auto n = ::read(fd(), chunk.data(), chunk.size());
    if (n > 0) {
      std::string_view text{chunk.data(), static_cast<std::size_t>(n)};
      write_all(to_, text); // if nobody reads it, the process goes on
      remember(text);
    } else if (n == 0) {
      from_ = descriptor{};
    } else if (errno != EINTR) {
      return errno == EAGAIN;
    }
  }
  return static_cast<bool>(from_);
}

std::vector<std::string> line_relay::tail() const {
  std::vector<std::string> result{lines_.begin(), lines_.end()};
  if (!unfinished_.empty())
    result.push_back(unfinished_);
  if (result.size() > max_lines)
    result.erase(result.begin());
  return result;
}

void line_relay::remember(std::string_view text) {
  for (auto c : text) {
    if (c == '\n')
      end_line();
    else if (unfinished_.size() < max_line_size)
      unfinished_ += c;
  }
}

void line_relay::end_line() {
  lines_.push_back(std::exchange(unfinished_, {}));
  if (lines_.size() > max_lines)
    lines_.pop_front();
}

} // namespace troupe
