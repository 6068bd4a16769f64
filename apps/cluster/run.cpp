// SPDX-License-Identifier: BSL-1.0
#include "cli/command_error.hpp"
#include "cli/commands.hpp"
#include "cli/stop_event.hpp"
#include "cluster/processes.hpp"
#include "cluster/programs.hpp"
#include "cluster/settings.hpp"
#include "troupe/error.hpp"
#include "troupe/process/child_process.hpp"
#include "troupe/process/descriptor.hpp"

#include <csignal>
#include <cstdio>
#include <unistd.h>

namespace troupe::apps {

namespace {

using std::chrono::milliseconds;

/// How long a program may take to end after Ctrl-C, and after the SIGTERM that
/// follows.
constexpr auto interrupt_grace = milliseconds{5000};
constexpr auto terminate_grace = milliseconds{1000};
constexpr auto unlimited = milliseconds{-1};

/// The program that `troupe run` runs, in our own process group: what the
/// terminal does to us, it does to the program.
class user_program {
public:
  user_program(const std::vector<std::string>& command, const std::string& path,
               const connection_info& info) {
    process_spec spec;
    spec.program = path;
    spec.arguments.assign(command.begin() + 1, command.end());
    spec.environment = {{connection_variable, to_json(info)}};
    spec.own_group = false;
    spec.stdin_fd = STDIN_FILENO;
    auto pid = start_process(spec);
    if (!pid)
      throw command_error{exit_code{126}, "cannot_execute",
                          describe(pid.error())};
    pid_ = *pid;
    process_ = descriptor{open_process(*pid)};
  }

  /// Waits until the program ended, or a signal came.
  exit_report wait(const stop_event& stop) {
    exit_report result;
    wait_for_child(process_.get(), stop.fd(), unlimited);
    if (reap(pid_, result))
      return result;
    // Ctrl-C reached the program, too. Other signals are passed on.
    if (interrupt_scope::received() != SIGINT)
      kill(pid_, interrupt_scope::received());
    if (ends_within(interrupt_grace, result))
      return result;
    kill(pid_, SIGTERM);
    if (ends_within(terminate_grace, result))
      return result;
    kill(pid_, SIGKILL);
    ends_within(unlimited, result);
    return result;
  }

private:
  bool ends_within(milliseconds limit, exit_report& result) {
    wait_for_child(process_.get(), -1, limit);
    return reap(pid_, result);
  }

  pid_t pid_ = 0;
  descriptor process_;
};

} // namespace

int execute(const run_options& x) {
  auto path = find_program(x.command.front());
  auto settings = checked(x.settings);
  if (settings.program.empty() && settings.load.empty()
      && contains_runtime(path))
    settings.program = path;
  stop_event stop;
  // Until the program runs, Ctrl-C ends this process, and the cluster follows.
  auto home = cluster::local(to_cluster_options(settings));
  interrupt_scope scope{stop};
  user_program program{x.command, path, home.info()};
  auto report = program.wait(stop);
  home.stop();
  if (auto signal = interrupt_scope::received(); signal != 0)
    return interrupted(signal);
  if (report.signal == 0)
    return report.status;
  if (!x.common.quiet)
    std::fprintf(stderr, "troupe: %s: %s\n", x.command.front().c_str(),
                 report.text().c_str());
  return 128 + report.signal;
}

} // namespace troupe::apps
