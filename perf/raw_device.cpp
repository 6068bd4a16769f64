// SPDX-License-Identifier: BSL-1.0

#include "raw_device.hpp"

#include "troupe/error.hpp"
#include "troupe/process/child_process.hpp"

#include <zmq.hpp>

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <signal.h>
#include <stdexcept>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace troupe::perf {

namespace {

constexpr const char* role_variable = "TROUPE_BENCH_ROLE";

/// Opens a socket that queues without a bound: tasks wait in the device.
zmq::socket_t open_socket(zmq::context_t& context, zmq::socket_type type) {
  zmq::socket_t result{context, type};
  result.set(zmq::sockopt::sndhwm, 0);
  result.set(zmq::sockopt::rcvhwm, 0);
  result.set(zmq::sockopt::linger, 0);
  return result;
}

/// Queues tasks of all clients and deals them out to the workers in turn.
int run_device(const char* front_endpoint, const char* back_endpoint) {
  zmq::context_t context;
  auto front = open_socket(context, zmq::socket_type::router);
  auto back = open_socket(context, zmq::socket_type::dealer);
  front.bind(front_endpoint);
  back.bind(back_endpoint);
  std::printf("%s\n%s\n", front.get(zmq::sockopt::last_endpoint).c_str(),
              back.get(zmq::sockopt::last_endpoint).c_str());
  std::fflush(stdout);
  std::fclose(stdout);
  zmq::proxy(front, back);
  return 0;
}

/// Sends each message back as it is, the client's identity frame included.
int run_worker(const char* endpoint) {
  zmq::context_t context;
  auto socket = open_socket(context, zmq::socket_type::dealer);
  socket.connect(endpoint);
  zmq::message_t frame;
  for (;;) {
    if (!socket.recv(frame))
      return 1;
    auto flags = frame.more() ? zmq::send_flags::sndmore
                              : zmq::send_flags::none;
    socket.send(std::move(frame), flags);
  }
}

std::string make_directory() {
  auto pattern =
    (std::filesystem::temp_directory_path() / "troupe-raw-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr)
    throw std::runtime_error("cannot create a directory like " + pattern);
  return pattern;
}

} // namespace

raw_device::raw_device(std::size_t workers, const std::string& transport) {
  auto endpoint = [&](const char* name) -> std::string {
    if (transport == "tcp")
      return "tcp://127.0.0.1:*";
    return "ipc://" + directory_ + "/" + name;
  };
  directory_ = make_directory();
  int fds[2];
  try {
    if (pipe2(fds, O_CLOEXEC) != 0)
      throw std::runtime_error("cannot create a pipe");
    try {
      start({"device", endpoint("front"), endpoint("back")}, fds[1]);
    } catch (...) {
      close(fds[0]);
      close(fds[1]);
      throw;
    }
    close(fds[1]);
    read_endpoints(fds[0]);
    for (std::size_t i = 0; i < workers; ++i)
      start({"worker", back_}, -1);
  } catch (...) {
    stop();
    throw;
  }
}

raw_device::~raw_device() {
  stop();
}

void raw_device::start(std::vector<std::string> arguments, int stdout_fd) {
  process_spec spec;
  spec.program = "/proc/self/exe";
  spec.environment.emplace_back(role_variable, arguments.front());
  spec.arguments = std::move(arguments);
  spec.parent_death_signal = SIGKILL;
  spec.stdout_fd = stdout_fd;
  auto pid = start_process(spec);
  if (!pid)
    throw std::runtime_error(troupe::describe(pid.error()));
  children_.push_back(*pid);
}

void raw_device::read_endpoints(int fd) {
  auto stream = fdopen(fd, "r");
  char line[256];
  for (auto text : {&front_, &back_})
    if (std::fgets(line, sizeof(line), stream) != nullptr) {
      *text = line;
      text->resize(text->find_last_not_of('\n') + 1);
    }
  std::fclose(stream);
  if (back_.empty())
    throw std::runtime_error("the raw device did not start");
}

void raw_device::stop() noexcept {
  for (auto pid : children_)
    kill(pid, SIGKILL);
  for (auto pid : children_)
    waitpid(pid, nullptr, 0);
  children_.clear();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::optional<int> play_raw_role(int argc, char** argv) {
  auto role = std::getenv(role_variable);
  if (role == nullptr)
    return std::nullopt;
  if (role == std::string_view{"device"} && argc == 4)
    return run_device(argv[2], argv[3]);
  if (role == std::string_view{"worker"} && argc == 3)
    return run_worker(argv[2]);
  return 2;
}

} // namespace troupe::perf
