// SPDX-License-Identifier: BSL-1.0
#include "cli/command_error.hpp"
#include "cli/commands.hpp"
#include "cli/stop_event.hpp"
#include "cluster/processes.hpp"
#include "cluster/programs.hpp"
#include "cluster/settings.hpp"
#include "cluster/state_dir.hpp"
#include "troupe/error.hpp"
#include "troupe/process/descriptor.hpp"
#include "troupe/process/runtime_dir.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace troupe::apps {

namespace {

/// What the engines' own limit leaves for the rest of a start.
constexpr auto reserve = std::chrono::seconds{10};

/// Ends a controller that failed to start; usually it has ended already.
void end_daemon(pid_t pid) {
  kill(pid, SIGTERM); // it stops its engines
  descriptor ended{open_process(pid)};
  wait_for_child(ended.get(), -1, reserve);
  kill(pid, SIGKILL); // if it still hangs; its engines die with it
  waitpid(pid, nullptr, 0);
}

void require_free(const std::string& name) {
  auto running = runtime_dir::running();
  for (const auto& x : running)
    if (x.name == name)
      throw command_error{
        exit_code::failed, "already_running",
        fmt::format("cluster \"{}\" is running already (process {})", name,
                    x.pid),
        "stop it with  troupe stop " + name + "  or give --name"};
}

descriptor open_log(const std::filesystem::path& folder) {
  auto path = folder / "controller.log";
  auto flags = O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC;
  descriptor result{open(path.c_str(), flags, 0600)};
  if (result.get() < 0)
    throw command_error{exit_code::failed, "no_log",
                        "cannot write " + path.string() + ": "
                          + std::strerror(errno)};
  return result;
}

/// Starts a controller that outlives this process.
/// @param report is where it tells how the start went.
pid_t start_daemon(const cluster_settings& settings, int log, int report) {
  process_spec spec;
  spec.program = own_program();
  spec.arguments = to_flags(settings);
  spec.arguments.insert(spec.arguments.begin(),
                        {"controller", "--daemon", "--report-fd",
                         std::to_string(report)});
  spec.own_group = false; // or it could not have a session of its own
  spec.parent_death_signal = 0;
  spec.stdout_fd = spec.stderr_fd = log;
  spec.keep = {report};
  auto pid = start_process(spec);
  if (!pid)
    throw command_error{exit_code::failed, "failed", describe(pid.error())};
  return *pid;
}

/// Reads until the writer is gone. Returns what came until a stop or until
/// `limit` was over.
std::string read_report(int fd, const stop_event& stop,
                        std::chrono::milliseconds limit) {
  std::string result;
  auto deadline = std::chrono::steady_clock::now() + limit;
  while (!stop.raised()) {
    auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline - std::chrono::steady_clock::now());
    pollfd fds[] = {{fd, POLLIN, 0}, {stop.fd(), POLLIN, 0}};
    if (rest.count() <= 0)
      break;
    if (poll(fds, 2, static_cast<int>(rest.count())) <= 0 || !fds[0].revents)
      continue;
    char bytes[4096];
    auto n = read(fd, bytes, sizeof(bytes));
    if (n <= 0)
      break;
    result.append(bytes, static_cast<std::size_t>(n));
  }
  return result;
}

[[noreturn]] void throw_failure(const nlohmann::json& report,
                                const std::filesystem::path& logs) {
  auto what = report.value("message", "the controller ended without a word");
  for (const auto& line : report.value("stderr", std::vector<std::string>{}))
    what += "\n  | " + line;
  auto hint = report.value("hint", "");
  if (!hint.empty())
    hint += "; ";
  hint += "logs lie in " + logs.string();
  auto status = exit_code{report.value("exit", 1)};
  throw command_error{status, "start_failed", what, hint};
}

void print_success(const start_options& x, const nlohmann::json& report) {
  const auto& name = x.settings.name;
  auto engines = report.value("engines", 0);
  auto seconds = report.value("seconds", 0.0);
  if (x.common.json) {
    nlohmann::ordered_json line = {{"schema", "troupe.start/1"}};
    line["name"] = name;
    line["engines"] = engines;
    line["seconds"] = seconds;
    line["connection"] = report.at("connection");
    line["connection"].erase("key");
    fmt::print("{}\n", line.dump());
  } else if (!x.common.quiet) {
    auto flag = name == "default" ? "" : " " + name;
    fmt::print("cluster \"{}\" is up: {} engines in {:.2f} s\n"
               "  next       seq 9 | troupe map -c {} -- echo {{}}      or   "
               "troupe status\n"
               "  stop       troupe stop{}\n",
               name, engines, seconds, name, flag);
  }
}

} // namespace

int execute(const start_options& x) {
  auto settings = checked(x.settings);
  if (settings.engines == 0 && settings.groups.empty())
    settings.engines = default_engines();
  require_free(settings.name);
  if (x.foreground)
    return execute(controller_options{x.common, settings});
  auto logs = state_dir(settings.name);
  auto log = open_log(logs);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    throw command_error{exit_code::failed, "failed", std::strerror(errno)};
  descriptor reader{ends[0]};
  descriptor writer{ends[1]};
  stop_event stop;
  interrupt_scope scope{stop};
  auto pid = start_daemon(settings, log.get(), writer.get());
  writer = descriptor{};
  auto text = read_report(reader.get(), stop, settings.wait + reserve);
  auto report = nlohmann::json::parse(text, nullptr, false);
  if (report.is_object() && report.value("ok", false)) {
    print_success(x, report);
    return 0;
  }
  end_daemon(pid);
  if (stop.raised())
    return interrupted(interrupt_scope::received());
  throw_failure(report.is_object() ? report : nlohmann::json::object(), logs);
}

} // namespace troupe::apps
