// SPDX-License-Identifier: BSL-1.0

#include "raw_device.hpp"

#include "troupe/error.hpp"
#include "troupe/process/child_process.hpp"
#include "troupe/process/descriptor.hpp"

#include <zmq.hpp>

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <signal.h>
#include <sstream>
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

/// Names a socket that is no file, so that nothing stays behind.
std::string make_endpoint(const std::string& transport, const char* name) {
  static int count = 0;
  if (transport == "tcp")
    return "tcp://127.0.0.1:*";
  return "ipc://@troupe-raw-" + std::to_string(getpid()) + "-"
         + std::to_string(++count) + "-" + name;
}

} // namespace

raw_device::raw_device(std::size_t workers, const std::string& transport) {
  try {
    start_device(make_endpoint(transport, "front"),
                 make_endpoint(transport, "back"));
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

void raw_device::start_device(const std::string& front,
                              const std::string& back) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    throw std::runtime_error("cannot create a pipe");
  descriptor reader{ends[0]};
  descriptor writer{ends[1]};
  start({"device", front, back}, writer.get());
  writer = descriptor{};
  read_endpoints(reader.get());
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
  std::string text;
  char bytes[256];
  for (ssize_t n; (n = read(fd, bytes, sizeof(bytes))) > 0;)
    text.append(bytes, static_cast<std::size_t>(n));
  std::istringstream lines{text};
  if (!(lines >> front_ >> back_))
    throw std::runtime_error("the raw device did not start");
}

void raw_device::stop() noexcept {
  for (auto pid : children_)
    kill(pid, SIGKILL);
  for (auto pid : children_)
    waitpid(pid, nullptr, 0);
  children_.clear();
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
