// SPDX-License-Identifier: BSL-1.0
#include "cli/command_error.hpp"
#include "cli/commands.hpp"
#include "cluster/processes.hpp"
#include "cluster/session.hpp"
#include "troupe/error.hpp"
#include "troupe/process/runtime_dir.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iterator>
#include <string>

namespace troupe::apps {

namespace {

/// A controller that does not answer for this long is told by signal.
constexpr auto answer_limit = std::chrono::milliseconds{2000};

/// How a cluster was stopped.
struct stop_report {
  std::string name;
  std::size_t engines = 0;
  std::size_t killed = 0;
  double seconds = 0;
};

/// Whether the process `pid` of this machine was started for the cluster. What
/// an engine says of itself is no reason to kill anybody.
bool belongs_to(pid_t pid, const connection_info& info) {
  std::ifstream file{fmt::format("/proc/{}/environ", pid), std::ios::binary};
  std::string environment{std::istreambuf_iterator<char>{file}, {}};
  auto entry = fmt::format("{}={}", connection_variable, to_json(info));
  return environment.find(entry) != std::string::npos;
}

/// Asks a cluster to stop, and returns its processes. A controller that does
/// not answer gets SIGTERM, and its engines follow it.
std::vector<process_id> ask_to_stop(const connection_info& info) {
  std::vector<process_id> result{
    {static_cast<pid_t>(info.pid), info.start_time}};
  try {
    client session{info, client_config{.connect_limit = answer_limit}};
    for (const auto& engine : session.status(answer_limit).engines)
      if (auto pid = static_cast<pid_t>(engine.pid); belongs_to(pid, info))
        result.push_back(process_id::now(pid));
    session.shutdown_cluster();
  } catch (const error&) {
    if (result.front().alive())
      kill(result.front().pid, SIGTERM);
  }
  return result;
}

stop_report stop_cluster(const connection_info& info,
                         std::chrono::milliseconds grace) {
  auto begin = std::chrono::steady_clock::now();
  auto processes = ask_to_stop(info);
  stop_report result{info.name, processes.size() - 1};
  auto left = wait_until_gone(processes, grace);
  result.killed = left.size();
  kill_all(left);
  left = wait_until_gone(left, grace);
  if (!left.empty())
    throw command_error{exit_code::failed, "not_stopped",
                        fmt::format("process {} of cluster \"{}\" cannot be "
                                    "killed",
                                    left.front().pid, info.name)};
  auto end = std::chrono::steady_clock::now();
  result.seconds = std::chrono::duration<double>(end - begin).count();
  return result;
}

std::vector<connection_info> chosen(const stop_options& x) {
  if (x.all)
    return runtime_dir::running();
  if (x.names.empty())
    return {find_cluster(x.common)};
  std::vector<connection_info> result;
  for (const auto& name : x.names) {
    auto common = x.common;
    common.cluster = name;
    result.push_back(find_cluster(common));
  }
  return result;
}

void print(const stop_report& x) {
  fmt::print("cluster \"{}\" is stopped: {} engines in {:.2f} s\n", x.name,
             x.engines, x.seconds);
  if (x.killed > 0)
    fmt::print("  {} of its processes did not end and were killed\n", x.killed);
}

} // namespace

int execute(const stop_options& x) {
  auto rows = nlohmann::ordered_json::array();
  auto clusters = chosen(x);
  for (const auto& info : clusters) {
    auto report = stop_cluster(info, x.grace);
    rows.push_back({{"name", report.name},
                    {"engines", report.engines},
                    {"killed", report.killed},
                    {"seconds", report.seconds}});
    if (!x.common.json && !x.common.quiet)
      print(report);
  }
  if (x.common.json) {
    nlohmann::ordered_json line = {{"schema", "troupe.stop/1"}};
    line["rows"] = std::move(rows);
    fmt::print("{}\n", line.dump());
  } else if (clusters.empty() && !x.common.quiet) {
    fmt::print(stderr, "no cluster is running\n");
  }
  return 0;
}

} // namespace troupe::apps
