// SPDX-License-Identifier: BSL-1.0
#include "system/support/program.hpp"

#include "support/wait_until.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <stdexcept>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

namespace troupe::test {

namespace {

struct ends {
  int read;
  int write;
};

ends make_pipe() {
  int fds[2];
  if (pipe2(fds, O_CLOEXEC) != 0)
    throw std::runtime_error("no pipe");
  return {fds[0], fds[1]};
}

ends make_terminal() {
  int controller = -1;
  int terminal = -1;
  if (openpty(&controller, &terminal, nullptr, nullptr, nullptr) != 0)
    throw std::runtime_error("no terminal");
  fcntl(controller, F_SETFD, FD_CLOEXEC);
  fcntl(terminal, F_SETFD, FD_CLOEXEC);
  return {controller, terminal};
}

[[noreturn]] void become(const std::vector<std::string>& command,
                         const program_options& options, const int (&fds)[3]) {
  setpgid(0, 0);
  for (auto target = 0; target < 3; ++target)
    if (fds[target] >= 0)
      dup2(fds[target], target);
    else
      close(target);
  for (auto& [name, value] : options.environment)
    if (name.front() == '-')
      unsetenv(name.c_str() + 1);
    else
      setenv(name.c_str(), value.c_str(), 1);
  if (!options.directory.empty() && chdir(options.directory.c_str()) != 0)
    _exit(99);
  std::vector<char*> argv;
  for (auto& word : command)
    argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  std::signal(SIGPIPE, SIG_DFL);
  execvp(argv.front(), argv.data());
  _exit(99);
}

} // namespace

program::program(const std::vector<std::string>& command,
                 program_options options)
  : input_(std::move(options.input)) {
  auto in = make_pipe();
  auto out = make_pipe();
  auto err = options.terminal ? make_terminal() : make_pipe();
  const int fds[] = {in.read, options.no_stdout ? -1 : out.write, err.write};
  pid_ = fork();
  if (pid_ == 0)
    become(command, options, fds);
  setpgid(pid_, pid_); // whoever comes first
  for (auto fd : {in.read, out.write, err.write})
    close(fd);
  stdin_fd_ = in.write;
  out_.fd = out.read;
  err_.fd = err.read;
  out_.reader = std::thread{[this] { read_all(out_); }};
  err_.reader = std::thread{[this] { read_all(err_); }};
  if (!options.keep_stdin)
    feeder_ = std::thread{[this] { feed(); }};
}

program::~program() {
  if (!ended_)
    kill(-pid_, SIGKILL);
  wait(patience);
  if (feeder_.joinable())
    feeder_.join();
  close_input();
  for (auto fd : {out_.fd, err_.fd})
    if (fd >= 0)
      close(fd);
}

std::string program::out() const {
  std::lock_guard guard{mutex_};
  return out_.text;
}

std::string program::err() const {
  std::lock_guard guard{mutex_};
  return err_.text;
}

void program::write(const std::string& text) {
  [[maybe_unused]] auto n = ::write(stdin_fd_, text.data(), text.size());
}

void program::close_input() {
  if (stdin_fd_ >= 0)
    close(stdin_fd_);
  stdin_fd_ = -1;
}

void program::close_output() {
  std::lock_guard guard{mutex_};
  if (out_.fd >= 0)
    close(out_.fd);
  out_.fd = -1;
}

void program::signal_group(int signal) const {
  kill(-pid_, signal);
}

void program::signal(int signal) const {
  kill(pid_, signal);
}

int program::wait(std::chrono::milliseconds limit) {
  auto ended = [this] {
    auto status = 0;
    if (!ended_ && waitpid(pid_, &status, WNOHANG) == pid_) {
      ended_ = true;
      status_ = WIFEXITED(status) ? WEXITSTATUS(status)
                                  : 128 + WTERMSIG(status);
    }
    return ended_.load();
  };
  if (!wait_until(ended, limit))
    return -1;
  for (auto x : {&out_, &err_})
    if (x->reader.joinable())
      x->reader.join();
  return status_;
}

void program::read_all(stream& x) {
  constexpr auto slice_ms = 20;
  for (;;) {
    pollfd fds{-1, POLLIN, 0};
    {
      std::lock_guard guard{mutex_};
      fds.fd = x.fd;
    }
    if (fds.fd < 0)
      return;
    if (poll(&fds, 1, slice_ms) <= 0) {
      if (ended_) // processes that it left hold the pipe open
        return;
      continue;
    }
    char bytes[16384];
    std::lock_guard guard{mutex_};
    auto n = x.fd >= 0 ? read(x.fd, bytes, sizeof(bytes)) : 0;
    if (n <= 0)
      return;
    x.text.append(bytes, static_cast<std::size_t>(n));
  }
}

void program::feed() {
  std::signal(SIGPIPE, SIG_IGN);
  std::string_view rest = input_;
  while (!rest.empty()) {
    auto n = ::write(stdin_fd_, rest.data(), rest.size());
    if (n < 0 && errno != EINTR)
      break;
    rest.remove_prefix(n > 0 ? static_cast<std::size_t>(n) : 0);
  }
  close_input();
}

} // namespace troupe::test
