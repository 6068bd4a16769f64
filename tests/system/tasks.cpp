// SPDX-License-Identifier: BSL-1.0

// Functions that the tests load into engines.

#include <troupe/codec/task.hpp>

#include <chrono>
#include <csignal>
#include <stdexcept>
#include <string>
#include <thread>
#include <unistd.h>

namespace {

/// Returns its argument after a while, so that a map has a middle.
int nap(int number) {
  std::this_thread::sleep_for(std::chrono::microseconds{300});
  return number;
}

int add(int x, int y) {
  return x + y;
}

int refuse_odd(int number) {
  if (number % 2 != 0)
    throw std::invalid_argument(std::to_string(number) + " is odd");
  return number;
}

/// Ends the engine that runs it.
int die(int number) {
  kill(getpid(), SIGKILL);
  return number;
}

TROUPE_TASK(nap);
TROUPE_TASK(add);
TROUPE_TASK(refuse_odd);
TROUPE_TASK(die);

} // namespace
