// SPDX-License-Identifier: BSL-1.0

#include "support/running_clock.hpp"

namespace troupe::test {

running_clock::running_clock() : thread_([this] { run(); }) {
  // nop
}

running_clock::~running_clock() {
  {
    std::lock_guard guard{mutex_};
    end_ = true;
  }
  ended_.notify_one();
  thread_.join();
}

void running_clock::run() {
  std::unique_lock guard{mutex_};
  while (!ended_.wait_for(guard, tick, [this] { return end_; }))
    ++ticks_;
}

} // namespace troupe::test
