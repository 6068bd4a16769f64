// SPDX-License-Identifier: BSL-1.0
#include "map/output_pipes.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>

namespace troupe::apps {

namespace {

constexpr auto read_bytes = std::size_t{64} << 10;

} // namespace

output_pipes::output_pipes() {
  for (auto& x : streams_) {
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0)
      throw std::runtime_error(std::string{"cannot make a pipe: "}
                               + std::strerror(errno));
    x.read_end = descriptor{fds[0]};
    x.write_end = descriptor{fds[1]};
    fcntl(fds[0], F_SETFL, O_NONBLOCK);
  }
}

void output_pipes::close_write_ends() noexcept {
  for (auto& x : streams_)
    x.write_end = descriptor{};
}

bool output_pipes::collect(int process_fd, std::size_t limit) {
  auto ended = false;
  auto open = [](const stream& x) { return x.read_end.get() >= 0; };
  while (!ended && std::any_of(streams_.begin(), streams_.end(), open)) {
    pollfd fds[] = {{streams_[0].read_end.get(), POLLIN, 0},
                    {streams_[1].read_end.get(), POLLIN, 0},
                    {process_fd, POLLIN, 0}};
    if (poll(fds, 3, -1) < 0)
      continue; // interrupted
    // What it wrote before it ended is in the pipes by now.
    ended = fds[2].revents != 0;
    for (auto& x : streams_) {
      x.read_all(limit);
      if (x.text.size() > limit)
        return false;
    }
  }
  return true;
}

void output_pipes::stream::read_all(std::size_t limit) {
  while (read_end.get() >= 0 && text.size() <= limit) {
    auto before = text.size();
    text.resize(before + read_bytes);
    auto n = read(read_end.get(), text.data() + before, read_bytes);
    auto reason = errno;
    text.resize(before + static_cast<std::size_t>(std::max(n, ssize_t{0})));
    if (n < 0 && reason == EAGAIN)
      return;
    if (n == 0 || (n < 0 && reason != EINTR))
      read_end = descriptor{};
  }
}

} // namespace troupe::apps
