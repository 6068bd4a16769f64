// SPDX-License-Identifier: BSL-1.0
#include "troupe/process/nanny.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <sys/wait.h>
#include <thread>

namespace troupe {

namespace {

using clock_type = std::chrono::steady_clock;

/// Time between two looks at processes that are told to end.
constexpr auto nap = std::chrono::milliseconds{2};

/// How long the kernel may take to end a killed process.
constexpr auto kill_limit = std::chrono::seconds{2};

/// Whether `pid` ended; leaves it to be collected, so that its number, which is
/// also its group's, cannot be given to another process meanwhile.
bool has_ended(pid_t pid) {
  siginfo_t info{};
  auto what = WEXITED | WNOHANG | WNOWAIT;
  if (waitid(P_PID, static_cast<id_t>(pid), &info, what) != 0)
    return errno == ECHILD;
  return info.si_pid == pid;
}

} // namespace

caf::error nanny::start(const process_spec& spec, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (auto err = restart(spec, next_index_))
      return err;
    ++next_index_;
  }
  return {};
}

caf::error nanny::restart(const process_spec& spec, std::size_t index) {
  auto one = spec;
  one.own_group = true;
  one.environment.emplace_back("TROUPE_ENGINE_INDEX", std::to_string(index));
  auto pid = start_process(one);
  if (!pid)
    return pid.error();
  children_.push_back({*pid, index});
  return {};
}

std::vector<exit_report> nanny::collect() {
  std::vector<exit_report> result;
  ended_.clear();
  for (auto i = children_.begin(); i != children_.end();) {
    if (!has_ended(i->pid)) {
      ++i;
      continue;
    }
    ::kill(-i->pid, SIGKILL);
    exit_report report;
    reap(i->pid, report);
    result.push_back(report);
    ended_.push_back(*i);
    i = children_.erase(i);
  }
  return result;
}

std::vector<pid_t> nanny::alive() const {
  std::vector<pid_t> result;
  for (auto& x : children_)
    result.push_back(x.pid);
  return result;
}

std::size_t nanny::index_of(pid_t pid) const {
  for (auto list : {&children_, &ended_})
    for (auto& x : *list)
      if (x.pid == pid)
        return x.index;
  return next_index_;
}

void nanny::stop(std::chrono::milliseconds grace) {
  for (auto& x : children_) {
    ::kill(x.pid, SIGTERM);
    ::kill(x.pid, SIGCONT); // a stopped process takes no SIGTERM
  }
  wait_until_gone(grace);
  for (auto& x : children_)
    ::kill(-x.pid, SIGKILL);
  wait_until_gone(kill_limit);
}

void nanny::wait_until_gone(std::chrono::milliseconds limit) {
  auto deadline = clock_type::now() + limit;
  for (collect(); !children_.empty() && clock_type::now() < deadline; collect())
    std::this_thread::sleep_for(nap);
}

nanny::~nanny() {
  stop(std::chrono::milliseconds{0});
}

} // namespace troupe
