// SPDX-License-Identifier: BSL-1.0

#include "raw_processes.hpp"

#include "troupe/error.hpp"
#include "troupe/process/child_process.hpp"
#include "troupe/process/descriptor.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace troupe::perf {

raw_processes::~raw_processes() {
  for (auto pid : pids_)
    kill(pid, SIGKILL);
  for (auto pid : pids_)
    waitpid(pid, nullptr, 0);
}

void raw_processes::start(std::vector<std::string> arguments) {
  start(std::move(arguments), -1);
}

std::vector<std::string>
raw_processes::start_and_read(std::vector<std::string> arguments,
                              std::size_t lines) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    throw std::runtime_error("cannot create a pipe");
  descriptor reader{ends[0]};
  descriptor writer{ends[1]};
  start(std::move(arguments), writer.get());
  writer = descriptor{};
  std::string text;
  char bytes[256];
  for (ssize_t n; (n = read(reader.get(), bytes, sizeof(bytes))) > 0;)
    text.append(bytes, static_cast<std::size_t>(n));
  std::istringstream words{text};
  std::vector<std::string> result(lines);
  for (auto& line : result)
    if (!std::getline(words, line))
      throw std::runtime_error("a process of the raw path did not start");
  return result;
}

void raw_processes::start(std::vector<std::string> arguments, int stdout_fd) {
  process_spec spec;
  spec.program = "/proc/self/exe";
  spec.environment.emplace_back(raw_role_variable, arguments.front());
  spec.arguments = std::move(arguments);
  spec.parent_death_signal = SIGKILL;
  spec.stdout_fd = stdout_fd;
  auto pid = start_process(spec);
  if (!pid)
    throw std::runtime_error(troupe::describe(pid.error()));
  pids_.push_back(*pid);
}

} // namespace troupe::perf
