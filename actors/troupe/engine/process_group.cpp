// SPDX-License-Identifier: BSL-1.0
#include "troupe/engine/process_group.hpp"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <dirent.h>
#include <memory>
#include <string>
#include <unistd.h>
#include <vector>

namespace troupe {

namespace {

// Exit status of a process that SIGTERM ends.
constexpr auto terminated = 128 + SIGTERM;

// A group whose members fork all the time is looked at this often.
constexpr auto max_rounds = 20;

extern "C" void end_at_once(int) {
  if (getpgrp() == getpid())
    kill(0, SIGKILL); // this process included
  _exit(terminated);
}

extern "C" void do_nothing(int) {
  // nop
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

using directory = std::unique_ptr<DIR, int (*)(DIR*)>;

/// Returns the process ids of all processes that this one may see.
std::vector<pid_t> processes() {
  std::vector<pid_t> result;
  directory proc{opendir("/proc"), &closedir};
  if (!proc)
    return result;
  while (auto entry = readdir(proc.get())) {
    auto first = entry->d_name;
    auto last = first + std::strlen(first);
    pid_t pid = 0;
    auto [rest, code] = std::from_chars(first, last, pid);
    if (code == std::errc{} && rest == last)
      result.push_back(pid);
  }
  return result;
}

/// Whether `pid` is dead and waits for its parent to notice.
bool is_zombie(pid_t pid) {
  auto path = "/proc/" + std::to_string(pid) + "/stat";
  std::unique_ptr<FILE, int (*)(FILE*)> file{std::fopen(path.c_str(), "re"),
                                             &std::fclose};
  char text[512] = {};
  if (!file || std::fread(text, 1, sizeof(text) - 1, file.get()) == 0)
    return true;
  auto name_end = std::strrchr(text, ')'); // names may hold anything
  return name_end != nullptr && name_end[1] == ' ' && name_end[2] == 'Z';
}

} // namespace

void handle_end_signals(bool at_terminal) {
  handle(SIGTERM, &end_at_once);
  handle(SIGINT, at_terminal ? &end_at_once : &do_nothing);
}

void kill_rest_of_group() {
  auto self = getpid();
  if (getpgrp() != self)
    return;
  for (auto round = 0, killed = 1; killed > 0 && round < max_rounds; ++round) {
    killed = 0;
    for (auto pid : processes())
      if (pid != self && getpgid(pid) == self && !is_zombie(pid)
          && kill(pid, SIGKILL) == 0)
        ++killed;
  }
}

exit_guard::~exit_guard() {
  std::unique_lock guard{mutex_};
  over_ = true;
  guard.unlock();
  changed_.notify_one();
  if (thread_.joinable())
    thread_.join();
}

void exit_guard::arm(int status, std::chrono::milliseconds grace) {
  std::unique_lock guard{mutex_};
  if (over_ || thread_.joinable())
    return;
  thread_ = std::thread{[this, status, grace] {
    std::unique_lock guard{mutex_};
    if (changed_.wait_for(guard, grace, [this] { return over_; }))
      return;
    kill_rest_of_group();
    _exit(status);
  }};
}

} // namespace troupe
