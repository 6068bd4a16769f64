// SPDX-License-Identifier: BSL-1.0
#include "cluster/processes.hpp"

#include "troupe/process/child_process.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/syscall.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace troupe::apps {

namespace {

constexpr auto poll_interval = std::chrono::milliseconds{5};

} // namespace

process_id process_id::now(pid_t pid) {
  return {pid, process_start_time(pid)};
}

bool process_id::alive() const {
  return start_time != 0 && process_start_time(pid) == start_time;
}

std::vector<process_id> wait_until_gone(std::vector<process_id> xs,
                                        std::chrono::milliseconds limit) {
  auto deadline = std::chrono::steady_clock::now() + limit;
  for (;;) {
    std::erase_if(xs, [](auto& x) { return !x.alive(); });
    if (xs.empty() || std::chrono::steady_clock::now() >= deadline)
      return xs;
    std::this_thread::sleep_for(poll_interval);
  }
}

void kill_all(const std::vector<process_id>& xs) {
  for (const auto& x : xs) {
    if (!x.alive())
      continue;
    if (getpgid(x.pid) == x.pid)
      kill(-x.pid, SIGKILL);
    kill(x.pid, SIGKILL);
  }
}

void wait_for_child(int child_fd, int stop_fd,
                    std::chrono::milliseconds limit) {
  pollfd fds[] = {{child_fd, POLLIN, 0}, {stop_fd, POLLIN, 0}};
  poll(fds, 2, static_cast<int>(limit.count()));
}

int open_process(pid_t pid) {
  auto fd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (fd < 0)
    throw std::system_error{errno, std::generic_category(), "pidfd_open"};
  return fd;
}

} // namespace troupe::apps
