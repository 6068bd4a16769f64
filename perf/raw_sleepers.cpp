// SPDX-License-Identifier: BSL-1.0

#include "raw_sleepers.hpp"

#include "harness/clock.hpp"

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

namespace troupe::perf {

namespace {

void play(const std::vector<std::string>&, line_stream& orders) {
  while (auto line = orders.read()) {
    auto xs = to_numbers(*line, 2);
    auto count = static_cast<std::size_t>(xs[0]);
    for (std::size_t i = 0; i < count; ++i)
      sleep_ms(static_cast<std::size_t>(xs[1]));
    orders.write(std::to_string(count));
  }
}

} // namespace

raw_sleepers::raw_sleepers(std::size_t engines) {
  for (std::size_t i = 0; i < engines; ++i)
    processes_.push_back(partner::in_process("raw-sleep", {}));
}

double raw_sleepers::run(const map_job& job) {
  stopwatch watch;
  for (std::size_t i = 0; i < processes_.size(); ++i) {
    // The first ones get what cannot be shared evenly.
    auto share = (job.tasks + processes_.size() - 1 - i) / processes_.size();
    processes_[i].tell(std::to_string(share) + ' ' + std::to_string(job.dt_ms));
  }
  auto sent = watch.seconds();
  std::size_t slept = 0;
  for (auto& process : processes_)
    slept += static_cast<std::size_t>(to_numbers(process.hear(), 1)[0]);
  if (slept != job.tasks)
    throw std::runtime_error("the raw path lost a task");
  return sent;
}

role raw_sleep_role() {
  return {"raw-sleep", play};
}

void sleep_ms(std::size_t ms) {
  std::this_thread::sleep_for(std::chrono::milliseconds{ms});
}

} // namespace troupe::perf
