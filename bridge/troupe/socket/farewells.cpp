// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/farewells.hpp"

#include <fcntl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace troupe {

namespace {

bool is_unix_socket(int fd) noexcept {
  auto domain = 0;
  socklen_t size = sizeof(domain);
  return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0
         && domain == AF_UNIX;
}

/// Whether the other side has read all that was written, or never will.
bool drained(int fd) noexcept {
  auto unread = 0;
  return ioctl(fd, SIOCOUTQ, &unread) != 0 || unread == 0;
}

} // namespace

std::uint64_t kernel_name_of(int fd) noexcept {
  auto result = std::uint64_t{0};
  socklen_t size = sizeof(result);
  return getsockopt(fd, SOL_SOCKET, SO_COOKIE, &result, &size) == 0 ? result
                                                                    : 0;
}

farewells::~farewells() {
  for (review(std::chrono::steady_clock::now()); pending();
       review(std::chrono::steady_clock::now()))
    std::this_thread::sleep_for(pause);
}

void farewells::keep(int fd, std::uint64_t name, time_point limit) {
  auto copy = is_unix_socket(fd) ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
  if (copy < 0)
    return;
  if (kernel_name_of(copy) != name) {
    close(copy);
    return;
  }
  std::lock_guard guard{mtx_};
  entries_.push_back({fd, copy, name, limit});
  pending_ = true;
}

void farewells::review(time_point now) {
  std::lock_guard guard{mtx_};
  std::erase_if(entries_, [now](const entry& x) {
    if (!over(x, now))
      return false;
    close(x.copy);
    return true;
  });
  pending_ = !entries_.empty();
}

bool farewells::over(const entry& x, time_point now) noexcept {
  // As long as ZeroMQ has the connection, it may write more.
  return now >= x.limit
         || (kernel_name_of(x.original) != x.name && drained(x.copy));
}

} // namespace troupe
