// SPDX-License-Identifier: BSL-1.0

#include "bench_process.hpp"

#include "troupe/error.hpp"
#include "troupe/process/child_process.hpp"
#include "troupe/process/descriptor.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace troupe::perf {

namespace {

constexpr const char* variable = "TROUPE_BENCH_PART";

/// How long a process may take to end after it closed its output.
constexpr auto grace = std::chrono::seconds{20};

} // namespace

bench_process::bench_process(std::vector<std::string> arguments)
  : lines_(-1, -1) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    throw std::runtime_error("cannot create a pipe");
  lines_ = line_stream{ends[0], -1};
  descriptor writer{ends[1]};
  process_spec spec;
  spec.program = "/proc/self/exe";
  spec.environment.emplace_back(variable, "1");
  spec.arguments = std::move(arguments);
  spec.own_group = false; // Ctrl-C ends both
  spec.parent_death_signal = SIGKILL;
  spec.stdout_fd = writer.get();
  auto pid = start_process(spec);
  if (!pid)
    throw std::runtime_error(describe(pid.error()));
  pid_ = *pid;
}

bench_process::~bench_process() {
  if (pid_ == 0)
    return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

std::optional<std::string> bench_process::read(int seconds) {
  return lines_.read(seconds);
}

std::string bench_process::finish() {
  exit_report how;
  auto until = std::chrono::steady_clock::now() + grace;
  while (!reap(pid_, how)) {
    if (std::chrono::steady_clock::now() > until) {
      kill(pid_, SIGKILL);
      waitpid(std::exchange(pid_, 0), nullptr, 0);
      return "said nothing for too long and was killed";
    }
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  pid_ = 0;
  return how.status == 0 ? "" : how.text();
}

bool is_bench_process() noexcept {
  return std::getenv(variable) != nullptr;
}

} // namespace troupe::perf
