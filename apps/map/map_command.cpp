// SPDX-License-Identifier: BSL-1.0
#include "cli/command_error.hpp"
#include "cli/commands.hpp"
#include "cli/stop_event.hpp"
#include "cluster/programs.hpp"
#include "cluster/session.hpp"
#include "cluster/settings.hpp"
#include "map/map_output.hpp"
#include "map/map_run.hpp"
#include "troupe/process/descriptor.hpp"
#include "troupe/process/runtime_dir.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <optional>
#include <unistd.h>

namespace troupe::apps {

namespace {

/// A session, and the temporary cluster that it may need.
struct map_session {
  std::optional<cluster> home;
  std::optional<client> session;
};

/// The cluster that runs already and that the map is to use, if any.
std::optional<connection_info> running_cluster(const map_options& x) {
  if (x.engines > 0 || (x.common.cluster.empty() && !x.load.empty()))
    return std::nullopt;
  if (!x.common.cluster.empty())
    return find_cluster(x.common);
  if (auto info = enclosing_cluster())
    return info;
  if (auto info = runtime_dir::find("default"))
    return std::move(*info);
  return std::nullopt;
}

map_session open_session(const map_options& x) {
  map_session result;
  if (auto info = running_cluster(x)) {
    if (!x.load.empty())
      throw usage_error("--load is for a temporary cluster: the engines of \""
                          + info->name + "\" run already",
                        "leave out --cluster, or load it with  troupe start "
                        "--load");
    result.session.emplace(connect(*info, x.common));
    return result;
  }
  cluster_settings settings;
  settings.engines = x.engines;
  settings.load = x.load;
  result.home.emplace(cluster::local(to_cluster_options(checked(settings))));
  result.session.emplace(result.home->connect());
  return result;
}

/// Opens the file of `-a`, or stdin.
descriptor open_inputs(const map_options& x) {
  if (x.has_inputs)
    return descriptor{};
  if (x.file.empty() || x.file == "-")
    return descriptor{fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)};
  descriptor result{open(x.file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (result.get() < 0 || std::filesystem::is_directory(x.file))
    throw usage_error("cannot read " + x.file + ": "
                      + std::strerror(result.get() < 0 ? errno : EISDIR));
  return result;
}

input_reader make_reader(const map_options& x, int fd, const stop_event& stop) {
  if (x.has_inputs)
    return input_reader{x.inputs};
  return input_reader{fd, x.null_separated ? '\0' : '\n', stop.fd()};
}

std::unique_ptr<map_job> make_job(const map_options& x, const client& session) {
  task_options options;
  options.attempts = static_cast<std::uint8_t>(x.attempts);
  if (!x.task.empty())
    options.retries = static_cast<std::uint8_t>(x.retries);
  options.priority = static_cast<std::int8_t>(x.priority);
  auto wanted = read_means(x.tags, x.needs);
  options.tags = std::move(wanted.tags);
  options.needs = std::move(wanted.slots);
  options.queue_limit = x.queue_limit;
  auto view = session.balanced().with(options);
  if (!x.task.empty())
    return std::make_unique<named_job>(view, x.task, x.column_separator);
  return std::make_unique<command_job>(view, command_template{x.command},
                                       std::filesystem::current_path().string(),
                                       x.retries);
}

std::string label_of(const map_options& x) {
  if (!x.task.empty())
    return x.task;
  const auto& word = x.command.front();
  return word.substr(0, word.find_first_of(" \t\n"));
}

int exit_status_of(const map_summary& x) {
  if (x.cut)
    return interrupted(SIGPIPE);
  if (x.failed == 0)
    return 0;
  return static_cast<int>(x.failed == x.lost ? exit_code::engine_lost
                                             : exit_code::failed);
}

[[noreturn]] void exit_at_once(int signal) {
  _exit(interrupted(signal));
}

} // namespace

int execute(const map_options& x) {
  stop_event stop;
  auto file = open_inputs(x);
  auto reader = make_reader(x, file.get(), stop);
  // Until tasks run, Ctrl-C ends this process, and the cluster follows.
  signal(SIGINT, exit_at_once);
  auto home = open_session(x);
  interrupt_scope scope{stop};
  auto job = make_job(x, *home.session);
  map_output output{{x.common.json, x.bar, !x.common.quiet, label_of(x)}};
  auto summary = map_run{*job, reader, output, stop}.run();
  summary.cut = !output.flush() || summary.cut;
  auto speak = !x.common.quiet && !x.common.json && !summary.cut;
  if (speak && (summary.failed > 0 || x.common.verbose || summary.stopped))
    output.print_summary(summary);
  if (summary.stopped)
    return interrupted(interrupt_scope::received());
  return exit_status_of(summary);
}

} // namespace troupe::apps
