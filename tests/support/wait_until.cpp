// SPDX-License-Identifier: BSL-1.0

#include "support/wait_until.hpp"

#include <thread>

namespace troupe::test {

namespace {

constexpr auto poll_interval = std::chrono::milliseconds{2};

} // namespace

bool wait_until(const std::function<bool()>& claim,
                std::chrono::milliseconds limit) {
  auto deadline = std::chrono::steady_clock::now() + limit;
  while (!claim()) {
    if (std::chrono::steady_clock::now() >= deadline)
      return claim();
    std::this_thread::sleep_for(poll_interval);
  }
  return true;
}

} // namespace troupe::test
