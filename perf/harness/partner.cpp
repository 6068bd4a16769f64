// SPDX-License-Identifier: BSL-1.0

#include "harness/partner.hpp"

#include "troupe/error.hpp"
#include "troupe/process/child_process.hpp"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fcntl.h>
#include <poll.h>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace troupe::perf {

namespace {

constexpr const char* role_variable = "TROUPE_BENCH_PARTNER";

/// How long a program may take to end by itself.
constexpr auto grace = std::chrono::seconds{20};

/// Waits until a process ended, but not for longer than `grace`. Returns
/// whether it did.
bool ends_in_time(pid_t pid) {
  auto limit = std::chrono::steady_clock::now() + grace;
  exit_report report;
  while (!reap(pid, report)) {
    if (std::chrono::steady_clock::now() > limit)
      return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  return true;
}

/// Both ends of two pipes, one each way.
struct pipes {
  pipes() {
    if (pipe2(there, O_CLOEXEC) != 0 || pipe2(back, O_CLOEXEC) != 0)
      throw std::runtime_error("cannot create a pipe");
  }

  int there[2];
  int back[2];
};

} // namespace

// -- line_stream --------------------------------------------------------------

line_stream::line_stream(int in, int out) noexcept : in_(in), out_(out) {
  // nop
}

line_stream::line_stream(line_stream&& other) noexcept
  : in_(std::exchange(other.in_, -1)),
    out_(std::exchange(other.out_, -1)),
    pending_(std::move(other.pending_)) {
  // nop
}

line_stream& line_stream::operator=(line_stream&& other) noexcept {
  std::swap(in_, other.in_);
  std::swap(out_, other.out_);
  std::swap(pending_, other.pending_);
  return *this;
}

line_stream::~line_stream() {
  close();
  if (in_ >= 0)
    ::close(in_);
}

void line_stream::close() noexcept {
  if (out_ >= 0)
    ::close(std::exchange(out_, -1));
}

std::optional<std::string> line_stream::read(int seconds) {
  for (;;) {
    if (auto end = pending_.find('\n'); end != std::string::npos) {
      auto line = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return line;
    }
    pollfd wanted{in_, POLLIN, 0};
    auto ready = poll(&wanted, 1, seconds < 0 ? -1 : seconds * 1000);
    if (ready < 0 && errno == EINTR)
      continue;
    char bytes[512];
    auto n = ready > 0 ? ::read(in_, bytes, sizeof(bytes)) : 0;
    if (n <= 0)
      return std::nullopt;
    pending_.append(bytes, static_cast<std::size_t>(n));
  }
}

bool line_stream::write(std::string_view line) {
  auto text = std::string{line} + '\n';
  return ::write(out_, text.data(), text.size())
         == static_cast<ssize_t>(text.size());
}

// -- partner ------------------------------------------------------------------

partner partner::start(process_spec spec) {
  pipes ends;
  partner result{line_stream{ends.back[0], ends.there[1]}};
  line_stream theirs{ends.there[0], ends.back[1]};
  spec.stdin_fd = ends.there[0];
  spec.stdout_fd = ends.back[1];
  auto pid = start_process(spec);
  if (!pid)
    throw std::runtime_error(describe(pid.error()));
  result.pid_ = *pid;
  return result;
}

partner partner::in_process(std::string_view name,
                            std::vector<std::string> arguments) {
  process_spec spec;
  spec.program = "/proc/self/exe";
  spec.environment.emplace_back(role_variable, name);
  spec.arguments = std::move(arguments);
  spec.parent_death_signal = SIGKILL;
  return start(std::move(spec));
}

partner partner::in_program(std::string program,
                            std::vector<std::string> arguments) {
  process_spec spec;
  spec.program = std::move(program);
  spec.arguments = std::move(arguments);
  spec.parent_death_signal = 0; // its input ends then, too
  auto result = start(std::move(spec));
  result.ends_itself_ = true;
  return result;
}

partner partner::in_thread(role_function play,
                           std::vector<std::string> arguments) {
  pipes ends;
  partner result{line_stream{ends.back[0], ends.there[1]}};
  line_stream theirs{ends.there[0], ends.back[1]};
  auto run = [play = std::move(play), arguments = std::move(arguments),
              lines = std::move(theirs)]() mutable {
    try {
      play(arguments, lines);
    } catch (const std::exception& err) {
      std::fprintf(stderr, "troupe-bench: %s\n", err.what());
    }
  };
  result.thread_ = std::thread{std::move(run)};
  return result;
}

partner::partner(partner&& other) noexcept
  : lines_(std::move(other.lines_)),
    pid_(std::exchange(other.pid_, 0)),
    ends_itself_(other.ends_itself_),
    thread_(std::move(other.thread_)) {
  // nop
}

partner::~partner() {
  lines_.close();
  if (pid_ > 0) {
    if (!ends_itself_ || !ends_in_time(pid_)) {
      kill(ends_itself_ ? -pid_ : pid_, SIGKILL); // or its whole group
      waitpid(pid_, nullptr, 0);
    }
  }
  if (thread_.joinable())
    thread_.join();
}

void partner::tell(std::string_view line) {
  if (!lines_.write(line))
    throw std::runtime_error("the other side of the measurement is gone");
}

std::string partner::hear(int seconds) {
  if (auto line = lines_.read(seconds))
    return std::move(*line);
  throw std::runtime_error("the other side of the measurement does not answer");
}

// -- roles --------------------------------------------------------------------

std::optional<int> play_role(int argc, char** argv,
                             std::span<const role> roles) {
  auto name = std::getenv(role_variable);
  if (name == nullptr)
    return std::nullopt;
  for (const auto& x : roles) {
    if (x.name != name)
      continue;
    // What the role starts itself is no partner.
    unsetenv(role_variable);
    signal(SIGPIPE, SIG_IGN);
    line_stream lines{dup(STDIN_FILENO), dup(STDOUT_FILENO)};
    try {
      x.play({argv + 1, argv + argc}, lines);
      return 0;
    } catch (const std::exception& err) {
      std::fprintf(stderr, "troupe-bench: %s\n", err.what());
      return 1;
    }
  }
  return 2;
}

std::vector<double> to_numbers(std::string_view line, std::size_t count) {
  std::istringstream words{std::string{line}};
  std::vector<double> result(count);
  for (auto& x : result)
    words >> x;
  return result;
}

} // namespace troupe::perf
