// SPDX-License-Identifier: BSL-1.0
#include "troupe/process/controller_process.hpp"

#include "troupe/endpoint.hpp"
#include "troupe/engine/engine_process.hpp"
#include "troupe/error.hpp"
#include "troupe/process/descriptor.hpp"
#include "troupe/process/line_relay.hpp"
#include "troupe/process/nanny.hpp"
#include "troupe/process/runtime_dir.hpp"
#include "troupe/process/signal_queue.hpp"
#include "troupe/process/start_report.hpp"

#include <spdlog/spdlog.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <optional>
#include <poll.h>
#include <random>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace troupe {

namespace {

using clock_type = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// Time between two looks at who is ready, while engines start.
constexpr auto start_poll = milliseconds{5};

constexpr auto status_limit = milliseconds{1000};

/// How long tasks of a private cluster wait once all its engines are lost.
constexpr auto private_engine_wait = milliseconds{1000};

/// Exit codes, as all commands use them.
constexpr auto fine = 0;
constexpr auto failed = 1;
constexpr auto usage = 2;
constexpr auto engines_failed = 6;

void log(const std::string& text) {
  if (auto logger = spdlog::get("troupe"))
    logger->info(text);
}

/// The controller and its engines, watched by the thread that runs it.
class controller_process {
public:
  explicit controller_process(const controller_process_config& cfg)
    : cfg_(cfg), engine_(cfg.engine) {
    // nop
  }

  int run() {
    auto problem = start();
    if (problem)
      report_start(cfg_.report, *problem);
    else
      report_success();
    while (!problem && !stopping_)
      wait(milliseconds{-1});
    nanny_.stop(cfg_.grace);
    pump_all();
    controller_.reset();
    if (dir_)
      dir_->remove();
    return problem ? problem->exit : fine;
  }

private:
  // -- starting ---------------------------------------------------------------

  std::optional<start_failure> start() {
    if (auto problem = listen())
      return problem;
    auto wanted = cfg_.engines;
    for (std::size_t i = 0; i < wanted; ++i)
      if (auto err = start_engine(i))
        return start_failure{engines_failed, which(i) + describe(err),
                             "check the program and its path"};
    if (auto problem = wait_for_engines())
      return problem;
    if (auto err = dir_->publish(info_))
      return start_failure{failed, describe(err)};
    return std::nullopt;
  }

  std::optional<start_failure> listen() {
    if (auto problem = check_broadcast_depth(cfg_.broadcast_depth))
      return start_failure{usage, *problem};
    auto tcp = cfg_.listen != "ipc";
    if (tcp && !cfg_.curve_off)
      return start_failure{usage,
                           "TCP without encryption lets everybody in who "
                           "reaches the port",
                           "listen on ipc, or switch curve off explicitly"};
    if (auto problem = check_pure())
      return problem;
    auto dir = runtime_dir::create(cfg_.name);
    if (!dir)
      return start_failure{dir.error() == ec::bad_config ? usage : failed,
                           describe(dir.error())};
    dir_.emplace(std::move(*dir));
    controller_config cfg{cfg_.hub,
                          cfg_.scheduler,
                          cfg_.bridge,
                          tcp ? tcp_endpoint(0) : dir_->ipc_endpoint("control"),
                          tcp ? tcp_endpoint(1) : dir_->ipc_endpoint("tasks"),
                          tcp ? tcp_endpoint(2) : dir_->ipc_endpoint("direct")};
    for (std::uint32_t i = 0; i < leaves_at(cfg_.broadcast_depth); ++i)
      cfg.leaf_endpoints.push_back(
        tcp ? tcp_endpoint(static_cast<std::uint16_t>(3 + i))
            : dir_->ipc_endpoint("leaf-" + std::to_string(i)));
    if (cfg_.lifeline >= 0) // nobody else brings engines to a private cluster
      cfg.scheduler.engine_wait = std::min(cfg.scheduler.engine_wait,
                                           private_engine_wait);
    if (cfg_.pure)
      cfg.device_endpoint = tcp ? tcp_endpoint(3)
                                : dir_->ipc_endpoint("device");
    auto started = controller::start(std::move(cfg));
    if (!started)
      return start_failure{failed, describe(started.error())};
    controller_ = std::move(*started);
    controller_->on_stop([fd = stop_event_.get()] { eventfd_write(fd, 1); });
    describe_connection();
    return std::nullopt;
  }

  /// Returns what a device cannot do, if that is asked for.
  std::optional<start_failure> check_pure() const {
    if (!cfg_.pure)
      return std::nullopt;
    if (cfg_.scheduler.hwm != 0)
      return start_failure{usage,
                           "scheme pure is a device that deals tasks out in "
                           "turn: it heeds no hwm",
                           "leave hwm out, or take another scheme"};
    if (cfg_.broadcast_depth != 0)
      return start_failure{usage,
                           "scheme pure does not go with a broadcast tree",
                           "leave broadcast-depth out, or take another scheme"};
    auto where = endpoint::parse(tcp_endpoint(0));
    if (cfg_.listen == "ipc" || !where || where->local())
      return std::nullopt;
    return start_failure{usage,
                         "scheme pure is a device that checks nobody: it does "
                         "not listen on "
                           + cfg_.listen,
                         "listen on ipc or 127.0.0.1, or take another scheme"};
  }

  std::string tcp_endpoint(std::uint16_t lane) const {
    auto port = cfg_.port == 0 ? 0 : cfg_.port + lane;
    return to_string(endpoint{endpoint::transport::tcp, cfg_.listen,
                              static_cast<std::uint16_t>(port)});
  }

  void describe_connection() {
    std::random_device random;
    info_.name = cfg_.name;
    info_.instance = std::uint64_t{random()} << 32 | random();
    info_.pid = getpid();
    info_.start_time = process_start_time(getpid());
    info_.control = controller_->control_endpoint();
    info_.tasks = controller_->tasks_endpoint();
    info_.direct = controller_->direct_endpoint();
    info_.device = controller_->device_endpoint();
    info_.leaves = controller_->leaf_endpoints();
    info_.copy_threshold = to_string(cfg_.bridge.copy);
    info_.version = limits::protocol_version;
    engine_.environment.emplace_back(connection_variable, to_json(info_));
    engine_.environment.emplace_back("TROUPE_ROLE", "engine");
  }

  caf::error start_engine(std::size_t index, bool again = false) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
      return make_error(ec::system_failure, std::strerror(errno));
    descriptor writer{ends[1]};
    auto& output = outputs_[index];
    output.log = open_log(index);
    output.relay = std::make_unique<line_relay>(
      descriptor{ends[0]}, output.log ? output.log.get() : STDERR_FILENO);
    auto spec = engine_;
    describe_means(index, spec);
    spec.stderr_fd = writer.get();
    return again ? nanny_.restart(spec, index) : nanny_.start(spec, 1);
  }

  void describe_means(std::size_t index, process_spec& spec) const {
    for (auto& group : cfg_.groups) {
      if (index < group.engines) {
        resources means{group.tags, group.slots};
        spec.environment.emplace_back("TROUPE_TAGS", tags_text(means));
        spec.environment.emplace_back("TROUPE_SLOTS", slots_text(means));
        return;
      }
      index -= group.engines;
    }
  }

  descriptor open_log(std::size_t index) const {
    if (cfg_.log_dir.empty())
      return descriptor{};
    auto path = cfg_.log_dir / ("engine-" + std::to_string(index) + ".log");
    auto flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;
    return descriptor{::open(path.c_str(), flags, 0600)};
  }

  std::optional<start_failure> wait_for_engines() {
    auto deadline = started_ + cfg_.start_limit;
    for (;;) {
      ready_ = count_ready();
      if (ready_ + ended_ >= cfg_.engines && ready_ >= needed())
        return std::nullopt;
      if (failure_ && cfg_.engines - ended_ < needed())
        return failure_;
      if (clock_type::now() >= deadline)
        return ready_ >= needed() ? std::nullopt : std::optional{too_slow()};
      wait(start_poll);
      if (stopping_)
        return start_failure{fine, "told to stop while starting"};
    }
  }

  std::size_t count_ready() {
    auto status = controller_->status(status_limit);
    std::size_t result = 0;
    if (status)
      for (auto& x : status->engines)
        result += x.ready;
    return result;
  }

  std::size_t needed() const noexcept {
    return cfg_.min_engines > 0 ? std::min(cfg_.min_engines, cfg_.engines)
                                : cfg_.engines;
  }

  std::string which(std::size_t index) const {
    return "engine " + std::to_string(index + 1) + " of "
           + std::to_string(cfg_.engines) + " failed to start: ";
  }

  start_failure too_slow() const {
    auto seconds = std::to_string(cfg_.start_limit.count() / 1000);
    start_failure result{engines_failed,
                         std::to_string(cfg_.engines - ready_) + " of "
                           + std::to_string(cfg_.engines)
                           + " engines did not register within " + seconds
                           + " s",
                         "an engine is a program that uses troupe::runtime, or "
                         "`troupe engine`"};
    for (auto& [index, output] : outputs_)
      if (auto lines = output.relay->tail(); !lines.empty())
        result.lines = std::move(lines);
    return result;
  }

  // -- waiting ----------------------------------------------------------------

  /// Waits for something to happen, for at most `limit`, and handles it.
  void wait(milliseconds limit) {
    std::vector<pollfd> fds{{signals_.fd(), POLLIN, 0},
                            {stop_event_.get(), POLLIN, 0},
                            {cfg_.lifeline, POLLIN, 0}};
    std::vector<line_relay*> relays;
    for (auto& [index, output] : outputs_)
      if (output.relay->fd() >= 0) {
        fds.push_back({output.relay->fd(), POLLIN, 0});
        relays.push_back(output.relay.get());
      }
    if (poll(fds.data(), fds.size(), static_cast<int>(limit.count())) <= 0)
      return;
    for (std::size_t i = 0; i < relays.size(); ++i)
      if (fds[i + 3].revents != 0)
        relays[i]->pump();
    if (fds[1].revents != 0)
      stop_because("a client asked for it");
    if (fds[2].revents != 0 && owner_is_gone())
      stop_because("its owner is gone");
    while (auto sig = signals_.next())
      handle(sig);
  }

  void handle(int sig) {
    if (sig == SIGCHLD)
      collect();
    else
      stop_because(sig == SIGINT ? "of SIGINT" : "of SIGTERM");
  }

  void collect() {
    for (auto& report : nanny_.collect()) {
      auto index = nanny_.index_of(report.pid);
      log("engine " + std::to_string(index) + " (process "
          + std::to_string(report.pid) + ") ended: " + report.text());
      ++ended_;
      auto output = outputs_.find(index);
      if (output == outputs_.end())
        continue;
      output->second.relay->pump();
      if (!failure_)
        failure_ =
          start_failure{engines_failed,
                        "engine " + std::to_string(index + 1) + " of "
                          + std::to_string(cfg_.engines) + " failed to start ("
                          + report.text() + ")",
                        "it has to stay and register with the controller",
                        output->second.relay->tail()};
      outputs_.erase(output);
      if (report.status == restart_status && !stopping_)
        restart_engine(index);
    }
  }

  /// Starts an engine in the place of one that ended with its task.
  void restart_engine(std::size_t index) {
    auto err = start_engine(index, true);
    log(err ? "engine " + std::to_string(index)
                + " cannot be started again: " + describe(err)
            : "engine " + std::to_string(index) + " is started again");
  }

  bool owner_is_gone() const {
    char ignored[64];
    auto n = ::read(cfg_.lifeline, ignored, sizeof(ignored));
    return n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN);
  }

  void stop_because(const std::string& why) {
    log("the cluster stops because " + why);
    stopping_ = true;
  }

  void pump_all() {
    for (auto& [index, output] : outputs_)
      output.relay->pump();
  }

  // -- reporting --------------------------------------------------------------

  void report_success() {
    using seconds = std::chrono::duration<double>;
    auto took = seconds{clock_type::now() - started_}.count();
    report_start(cfg_.report, info_, ready_, took);
  }

  /// Where the stderr of an engine goes.
  struct engine_output {
    descriptor log;
    std::unique_ptr<line_relay> relay;
  };

  const controller_process_config& cfg_;
  clock_type::time_point started_ = clock_type::now();
  signal_queue signals_;
  descriptor stop_event_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  process_spec engine_;
  connection_info info_;
  std::optional<runtime_dir> dir_;
  std::unique_ptr<controller> controller_;
  std::map<std::size_t, engine_output> outputs_;
  nanny nanny_;
  std::size_t ready_ = 0;
  std::size_t ended_ = 0;
  std::optional<start_failure> failure_;
  bool stopping_ = false;
};

} // namespace

int run_controller(const controller_process_config& cfg) {
  return controller_process{cfg}.run();
}

} // namespace troupe
