// SPDX-License-Identifier: BSL-1.0
#include "troupe/process/child_process.hpp"

#include "troupe/error.hpp"

#include <caf/unit.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <linux/close_range.h>
#include <sstream>
#include <string_view>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

namespace troupe {

namespace {

caf::error cannot_start(const process_spec& spec, int reason) {
  return make_error(ec::system_failure, "cannot start \"" + spec.program
                                          + "\": " + std::strerror(reason));
}

bool executable(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode)
         && access(path.c_str(), X_OK) == 0;
}

/// Finds `program` as a shell would. Returns it unchanged if it is nowhere, so
/// that executing it gives the reason.
std::string look_up(const std::string& program) {
  auto path = std::getenv("PATH");
  if (program.find('/') != std::string::npos)
    return program;
  std::istringstream folders{path ? path : "/usr/local/bin:/usr/bin:/bin"};
  for (std::string folder; std::getline(folders, folder, ':');) {
    auto candidate = (folder.empty() ? "." : folder) + "/" + program;
    if (executable(candidate))
      return candidate;
  }
  return program;
}

std::vector<std::string> environment_of(const process_spec& spec) {
  std::vector<std::string> result;
  auto replaced = [&](std::string_view entry) {
    auto name = entry.substr(0, entry.find('='));
    return std::any_of(spec.environment.begin(), spec.environment.end(),
                       [=](auto& x) { return x.first == name; });
  };
  for (auto i = environ; i != nullptr && *i != nullptr; ++i)
    if (!replaced(*i))
      result.emplace_back(*i);
  for (auto& [name, value] : spec.environment)
    result.push_back(name + "=" + value);
  return result;
}

std::vector<char*> pointers(std::vector<std::string>& xs) {
  std::vector<char*> result;
  for (auto& x : xs)
    result.push_back(x.data());
  result.push_back(nullptr);
  return result;
}

/// All that the child needs, made before the fork: between fork and exec only
/// async-signal-safe calls are allowed, and those do not allocate.
struct plan {
  explicit plan(const process_spec& spec)
    : spec(spec), path(look_up(spec.program)) {
    arguments.push_back(spec.program);
    arguments.insert(arguments.end(), spec.arguments.begin(),
                     spec.arguments.end());
    script = {"/bin/sh", path};
    script.insert(script.end(), spec.arguments.begin(), spec.arguments.end());
    argv = pointers(arguments);
    script_argv = pointers(script);
    envp = pointers(environment);
    argv = pointers(arguments);
    script_argv = pointers(script);
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) == 0)
      max_files =
        static_cast<int>(std::min<rlim_t>(files.rlim_cur, rlim_t{1} << 20));
  }

  const process_spec& spec;
  std::string path;
  std::vector<std::string> arguments;
  std::vector<std::string> script; // for scripts without an interpreter line
  std::vector<std::string> environment = environment_of(spec);
  std::vector<char*> argv;
  std::vector<char*> script_argv;
  std::vector<char*> envp = pointers(environment);
  pid_t parent = getpid();
  int max_files = 1024;
};

// -- in the child, between fork and exec --------------------------------------

[[noreturn]] void fail(int report) {
  auto reason = errno;
  [[maybe_unused]] auto n = write(report, &reason, sizeof(reason));
  _exit(127);
}

void reset_signals() {
  for (auto sig = 1; sig < NSIG; ++sig) {
    struct sigaction action {};
    if (sigaction(sig, nullptr, &action) != 0)
      continue;
    auto ignored = action.sa_handler == SIG_IGN;
    auto ours = sig == SIGPIPE || sig == SIGTERM || sig == SIGCHLD;
    if (ignored && !ours)
      continue;
    action.sa_handler = SIG_DFL;
    action.sa_flags = 0;
    sigaction(sig, &action, nullptr);
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

/// Gives the child its 0, 1 and 2. The sources move out of the way first, since
/// they may be 0, 1 and 2 in another order.
bool connect_streams(const process_spec& spec) {
  int sources[] = {spec.stdin_fd, spec.stdout_fd, spec.stderr_fd};
  if (sources[0] < 0)
    sources[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
  for (auto& source : sources)
    if (source >= 0)
      if (source = fcntl(source, F_DUPFD_CLOEXEC, 3); source < 0)
        return false;
  for (auto target = 0; target < 3; ++target)
    if (sources[target] >= 0 && dup2(sources[target], target) < 0)
      return false;
  return true;
}

/// Leaves only 0, 1, 2 and what the spec keeps to the program.
void close_others(const plan& p) {
  if (syscall(SYS_close_range, 3u, ~0u, CLOSE_RANGE_CLOEXEC) != 0)
    for (auto fd = 3; fd < p.max_files; ++fd)
      fcntl(fd, F_SETFD, FD_CLOEXEC);
  for (auto fd : p.spec.keep)
    fcntl(fd, F_SETFD, 0);
}

[[noreturn]] void become(const plan& p, int report) {
  if (report < 3)
    report = fcntl(report, F_DUPFD_CLOEXEC, 3);
  if (p.spec.own_group && setpgid(0, 0) != 0)
    fail(report);
  if (p.spec.parent_death_signal != 0) {
    if (prctl(PR_SET_PDEATHSIG, p.spec.parent_death_signal) != 0)
      fail(report);
    if (getppid() != p.parent)
      _exit(127); // the parent is gone already and will send no signal
  }
  if (!connect_streams(p.spec))
    fail(report);
  close_others(p);
  reset_signals();
  execve(p.path.c_str(), p.argv.data(), p.envp.data());
  if (errno == ENOEXEC)
    execve("/bin/sh", p.script_argv.data(), p.envp.data());
  fail(report);
}

// -- in the parent ------------------------------------------------------------

/// Waits until the child runs its program or tells why it cannot.
int read_failure_reason(int fd) {
  auto reason = 0;
  ssize_t n;
  do
    n = read(fd, &reason, sizeof(reason));
  while (n < 0 && errno == EINTR);
  return n == static_cast<ssize_t>(sizeof(reason)) ? reason : 0;
}

void wait_for(pid_t pid) {
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    // nop
  }
}

} // namespace

caf::expected<pid_t> start_process(const process_spec& spec) {
  plan p{spec};
  int report[2];
  if (pipe2(report, O_CLOEXEC) != 0)
    return cannot_start(spec, errno);
  // No handler of this process may run in the child.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  auto pid = fork();
  if (pid == 0)
    become(p, report[1]);
  auto reason = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  close(report[1]);
  if (pid > 0)
    reason = read_failure_reason(report[0]);
  close(report[0]);
  if (pid > 0 && reason == 0)
    return pid;
  if (pid > 0)
    wait_for(pid);
  return cannot_start(spec, reason);
}

bool reap(pid_t pid, exit_report& report) {
  auto status = 0;
  pid_t ended;
  do
    ended = waitpid(pid, &status, WNOHANG);
  while (ended < 0 && errno == EINTR);
  if (ended == 0)
    return false;
  report = exit_report{.pid = pid};
  if (ended < 0)
    return true; // somebody else collected it
  if (WIFEXITED(status))
    report.status = WEXITSTATUS(status);
  else if (WIFSIGNALED(status))
    report.signal = WTERMSIG(status);
  return true;
}

std::string exit_report::text() const {
  if (status >= 0)
    return "exit status " + std::to_string(status);
  if (signal == 0)
    return "ended, nobody knows how";
  auto name = sigdescr_np(signal);
  return "killed by signal " + std::to_string(signal) + " ("
         + (name != nullptr ? name : "unknown") + ")";
}

std::uint64_t process_start_time(pid_t pid) {
  if (pid <= 0)
    return 0;
  std::ifstream file{"/proc/" + std::to_string(pid) + "/stat"};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  // The name of the program, in parentheses, may hold anything.
  auto end_of_name = text.rfind(')');
  if (end_of_name == std::string::npos)
    return 0;
  std::istringstream fields{text.substr(end_of_name + 1)};
  std::string field;
  fields >> field; // field 3: the state
  if (field == "Z" || field == "X")
    return 0;
  for (auto number = 4; number < 22; ++number)
    fields >> field;
  std::uint64_t result = 0;
  return fields >> result ? result : 0;
}

} // namespace troupe
