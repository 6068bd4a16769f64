// SPDX-License-Identifier: BSL-1.0
#include "troupe/client/cluster.hpp"

#include "troupe/client/controller_start.hpp"
#include "troupe/client/runtime.hpp"
#include "troupe/error.hpp"
#include "troupe/process/descriptor.hpp"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <signal.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace troupe {

namespace {

using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// How much longer than its engines a controller may take to start.
constexpr auto report_grace = std::chrono::seconds{5};

/// How long a controller may take to stop its engines and itself.
constexpr auto stop_limit = std::chrono::seconds{5};

constexpr auto kill_limit = std::chrono::seconds{1};
constexpr auto poll_period = milliseconds{1};

struct pipe_ends {
  descriptor reader;
  descriptor writer;
};

error system_error(const std::string& what) {
  return error{errc::failed, what + ": " + std::strerror(errno)};
}

pipe_ends make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    throw system_error("cannot make a pipe");
  return {descriptor{ends[0]}, descriptor{ends[1]}};
}

/// Path of this program, for people to read in lists of processes; the link
/// itself if the file is gone.
std::string own_program() {
  std::error_code code;
  auto path = std::filesystem::read_symlink("/proc/self/exe", code);
  if (code || access(path.c_str(), X_OK) != 0)
    return "/proc/self/exe";
  return path.string();
}

std::string private_name() {
  static std::atomic<unsigned> count{0};
  return "local-" + std::to_string(getpid()) + "-" + std::to_string(++count);
}

/// Reads up to the end of the line or of the file. Returns `false` if `limit`
/// is over.
bool read_line(int fd, clock::time_point deadline, std::string& line) {
  for (;;) {
    auto left = std::chrono::ceil<milliseconds>(deadline - clock::now());
    if (left <= milliseconds::zero())
      return false;
    pollfd ready{fd, POLLIN, 0};
    if (poll(&ready, 1, static_cast<int>(left.count())) <= 0)
      continue;
    char bytes[4096];
    auto n = read(fd, bytes, sizeof(bytes));
    if (n < 0 && errno == EINTR)
      continue;
    if (n > 0)
      line.append(bytes, static_cast<std::size_t>(n));
    if (n <= 0 || line.back() == '\n')
      return true;
  }
}

bool wait_until_gone(pid_t pid, duration limit, exit_report& report) {
  auto deadline = clock::now() + limit;
  while (!reap(pid, report)) {
    if (clock::now() >= deadline)
      return false;
    std::this_thread::sleep_for(poll_period);
  }
  return true;
}

/// The controller process that a cluster object started. `start_time` tells it
/// from another process of the same number.
class controller_child {
public:
  explicit controller_child(pid_t pid)
    : pid_(pid), start_time_(process_start_time(pid)), parent_(getpid()) {
    // nop
  }

  controller_child(const controller_child&) = delete;

  controller_child& operator=(const controller_child&) = delete;

  ~controller_child() {
    stop();
  }

  /// Ends the process, and waits until it is gone.
  exit_report stop() {
    if (pid_ == 0 || getpid() != parent_) // a fork is not the owner
      return report_;
    signal(SIGTERM);
    if (!wait_until_gone(pid_, stop_limit, report_)) {
      signal(SIGKILL);
      wait_until_gone(pid_, kill_limit, report_);
    }
    pid_ = 0;
    return report_;
  }

  pid_t pid() const noexcept {
    return pid_;
  }

private:
  void signal(int number) const {
    if (start_time_ != 0 && process_start_time(pid_) == start_time_)
      kill(pid_, number);
  }

  pid_t pid_;
  std::uint64_t start_time_;
  pid_t parent_;
  exit_report report_{};
};

errc code_of(int exit) {
  switch (exit) {
    case 2:
      return errc::usage;
    case 6:
      return errc::engine_lost;
    default:
      return errc::failed;
  }
}

error failure_of(const start_report& x) {
  auto text = x.message;
  for (auto& line : x.lines)
    text += "\n  | " + line;
  return error{code_of(x.exit), text, x.hint};
}

} // namespace

struct cluster::impl {
  connection_info info;
  /// Its other end is the controller's lifeline. Closed after the process is
  /// gone.
  descriptor lifeline;
  std::unique_ptr<controller_child> controller;
};

cluster cluster::local(cluster_options options) {
  if (!runtime::exists())
    throw error{errc::usage,
                "cluster::local starts this program again as "
                "controller and engines, and cannot",
                "write `troupe::runtime rt{argc, argv};` first in main"};
  auto pimpl = std::make_unique<impl>();
  auto attached = runtime::plays_engine() ? std::nullopt
                                          : environment_connection();
  if (attached)
    pimpl->info = std::move(*attached);
  else
    start(*pimpl, std::move(options));
  return cluster{std::move(pimpl)};
}

void cluster::start(impl& self, cluster_options options) {
  if (options.name.empty())
    options.name = private_name();
  auto cfg = controller_settings(options, own_program());
  if (!cfg)
    throw error{errc::usage, describe(cfg.error())};
  auto lifeline = make_pipe();
  auto report = make_pipe();
  cfg->lifeline = lifeline.reader.get();
  cfg->report = report.writer.get();
  process_spec spec{own_program()};
  spec.environment = {{"TROUPE_ROLE", "controller"},
                      {controller_variable, to_json(*cfg)}};
  if (cfg->engine.program == spec.program)
    spec.arguments = cfg->engine.arguments; // such as libraries with schemes
  spec.keep = {cfg->lifeline, cfg->report};
  spec.parent_death_signal = 0; // threads end; the lifeline tells better
  auto pid = start_process(spec);
  if (!pid)
    throw error{errc::failed, describe(pid.error())};
  self.controller = std::make_unique<controller_child>(*pid);
  self.lifeline = std::move(lifeline.writer);
  report.writer = descriptor{};
  auto deadline = clock::now() + cfg->start_limit + report_grace;
  self.info = await_start(self, report.reader.get(), deadline);
}

/// Waits for the controller's report.
connection_info cluster::await_start(impl& self, int fd,
                                     clock::time_point deadline) {
  std::string line;
  if (!read_line(fd, deadline, line))
    throw error{errc::timed_out, "the cluster did not start in time",
                "engines may need longer: cluster_options::engine_timeout"};
  if (line.empty()) {
    auto how = self.controller->stop().text();
    throw error{errc::failed, "the controller ended while it started: " + how,
                "its stderr, above, may tell why"};
  }
  auto report = parse_start_report(line);
  if (!report)
    throw error{errc::failed, describe(report.error())};
  if (report->exit != 0 || report->connection.control.empty())
    throw failure_of(*report);
  return std::move(report->connection);
}

cluster::cluster(std::unique_ptr<impl> pimpl) : pimpl_(std::move(pimpl)) {
  // nop
}

cluster::cluster(cluster&&) noexcept = default;

cluster& cluster::operator=(cluster&& other) noexcept {
  std::swap(pimpl_, other.pimpl_);
  return *this;
}

cluster::~cluster() = default;

client cluster::connect(client_config cfg) const {
  return client{pimpl_->info, cfg};
}

void cluster::stop() {
  if (pimpl_->controller)
    pimpl_->controller->stop();
}

const connection_info& cluster::info() const noexcept {
  return pimpl_->info;
}

pid_t cluster::controller_pid() const noexcept {
  return pimpl_->controller ? pimpl_->controller->pid() : 0;
}

} // namespace troupe
