// SPDX-License-Identifier: BSL-1.0
#include "map/shell_task.hpp"

#include "map/output_pipes.hpp"
#include "troupe/codec/task.hpp"
#include "troupe/error.hpp"
#include "troupe/process/child_process.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace troupe::apps {

namespace {

/// Works in another directory for the lifetime of this object.
class directory_scope {
public:
  explicit directory_scope(const std::string& path)
    : before_(open(".", O_PATH | O_DIRECTORY | O_CLOEXEC)) {
    if (!path.empty() && chdir(path.c_str()) != 0)
      throw std::runtime_error("cannot enter " + path + ": "
                               + std::strerror(errno));
  }

  directory_scope(const directory_scope&) = delete;

  directory_scope& operator=(const directory_scope&) = delete;

  ~directory_scope() {
    [[maybe_unused]] auto ignored = fchdir(before_.get());
  }

private:
  descriptor before_;
};

/// Commands are no engines and no clients of the engine's cluster, even if
/// they are programs of ours.
void forget_role() {
  for (auto name : {"TROUPE_ROLE", "TROUPE_CONNECTION"})
    unsetenv(name);
}

exit_report wait_for(pid_t pid) {
  auto status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    // nop
  }
  exit_report result{.pid = pid};
  if (WIFEXITED(status))
    result.status = WEXITSTATUS(status);
  else
    result.signal = WTERMSIG(status);
  return result;
}

command_result refused(const std::string& sentence) {
  auto missing = sentence.ends_with(std::strerror(ENOENT));
  return {
    missing ? no_such_program : cannot_execute, 0, {}, sentence + '\n', 1};
}

bool has_nul(const std::string& word) {
  return word.find('\0') != word.npos;
}

command_result run_once(const process_spec& spec, const std::string& directory,
                        output_pipes pipes) {
  auto started = [&] {
    directory_scope scope{directory};
    return start_process(spec);
  }();
  pipes.close_write_ends();
  if (!started)
    return refused(describe(started.error()));
  descriptor process{static_cast<int>(syscall(SYS_pidfd_open, *started, 0))};
  auto complete = pipes.collect(process.get(), max_output_bytes);
  if (!complete)
    kill(*started, SIGKILL);
  auto report = wait_for(*started);
  if (!complete)
    throw std::runtime_error("the command wrote more than 256 MiB");
  return {report.status, report.signal, pipes.take_out(), pipes.take_err(), 1};
}

} // namespace

command_result run_command(std::vector<std::string> words,
                           std::string directory, std::uint32_t retries) {
  if (words.empty() || std::any_of(words.begin(), words.end(), has_nul))
    return refused("cannot start a command that holds a NUL byte");
  forget_role();
  process_spec spec;
  spec.program = words.front();
  spec.arguments.assign(words.begin() + 1, words.end());
  spec.own_group = false;
  spec.parent_death_signal = SIGKILL;
  for (std::uint32_t tries = 1;; ++tries) {
    output_pipes pipes;
    spec.stdout_fd = pipes.out_fd();
    spec.stderr_fd = pipes.err_fd();
    auto result = run_once(spec, directory, std::move(pipes));
    std::get<4>(result) = tries;
    if (std::get<0>(result) == 0 || tries > retries)
      return result;
  }
}

TROUPE_TASK_AS(run_command, "troupe.command");

} // namespace troupe::apps
