// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/wakeup.hpp"

#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>

namespace troupe {

wakeup::wakeup() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  // nop
}

wakeup::~wakeup() {
  if (fd_ >= 0)
    close(fd_);
}

void wakeup::fire() noexcept {
  // Sequentially consistent, like the store in `arm`: either the sleeper sees
  // what the caller brought, or the caller sees that it must be woken.
  if (!asleep_.load() || !asleep_.exchange(false))
    return;
  // Fails only if the counter is full, and then `fd_` is readable anyway.
  auto one = std::uint64_t{1};
  [[maybe_unused]] auto written = write(fd_, &one, sizeof(one));
}

void wakeup::arm() noexcept {
  asleep_.store(true);
}

void wakeup::disarm(bool fired) noexcept {
  asleep_.store(false);
  if (!fired)
    return;
  auto count = std::uint64_t{0};
  [[maybe_unused]] auto got = read(fd_, &count, sizeof(count));
}

} // namespace troupe
