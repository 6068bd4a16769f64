// SPDX-License-Identifier: BSL-1.0
#include "cli/stop_event.hpp"

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <poll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

namespace troupe::apps {

namespace {

constexpr int signals[] = {SIGINT, SIGTERM, SIGHUP};

std::atomic<stop_event*> current{nullptr};
std::atomic<int> received_signal{0};

void on_signal(int signal) {
  auto before = 0;
  if (!received_signal.compare_exchange_strong(before, signal))
    _exit(interrupted(signal));
  auto saved = errno;
  if (auto event = current.load())
    event->raise();
  errno = saved;
}

} // namespace

stop_event::stop_event() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (fd_ < 0)
    throw std::system_error{errno, std::generic_category(), "eventfd"};
}

stop_event::~stop_event() {
  close(fd_);
}

void stop_event::raise() noexcept {
  std::uint64_t one = 1;
  [[maybe_unused]] auto n = write(fd_, &one, sizeof(one));
}

bool stop_event::raised() const noexcept {
  pollfd x{fd_, POLLIN, 0};
  return poll(&x, 1, 0) == 1;
}

interrupt_scope::interrupt_scope(stop_event& event) {
  current = &event;
  struct sigaction action {};
  action.sa_handler = on_signal;
  for (auto i = 0; i < 3; ++i)
    sigaction(signals[i], &action, &before_[i]);
}

interrupt_scope::~interrupt_scope() {
  for (auto i = 0; i < 3; ++i)
    sigaction(signals[i], &before_[i], nullptr);
  current = nullptr;
}

int interrupt_scope::received() noexcept {
  return received_signal;
}

} // namespace troupe::apps
