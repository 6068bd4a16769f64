// SPDX-License-Identifier: BSL-1.0

#include "raw_device.hpp"

#include "raw_client.hpp"
#include "raw_fan.hpp"

#include <zmq.hpp>

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace troupe::perf {

namespace {

/// Queues tasks of all clients and deals them out to the workers in turn.
int run_device(const char* front_endpoint, const char* back_endpoint) {
  zmq::context_t context;
  auto front = open_unbounded(context, zmq::socket_type::router);
  auto back = open_unbounded(context, zmq::socket_type::dealer);
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
  auto socket = open_unbounded(context, zmq::socket_type::dealer);
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

} // namespace

raw_device::raw_device(std::size_t workers, const std::string& transport) {
  auto endpoints =
    processes_.start_and_read({"device", raw_endpoint(transport, "front"),
                               raw_endpoint(transport, "back")},
                              2);
  front_ = endpoints[0];
  for (std::size_t i = 0; i < workers; ++i)
    processes_.start({"worker", endpoints[1]});
}

std::optional<int> play_raw_role(int argc, char** argv) {
  auto role = std::getenv(raw_role_variable);
  if (role == nullptr)
    return std::nullopt;
  if (role == std::string_view{"device"} && argc == 4)
    return run_device(argv[2], argv[3]);
  if (role == std::string_view{"worker"} && argc == 3)
    return run_worker(argv[2]);
  if (role == std::string_view{"fan-worker"} && argc == 3)
    return run_fan_worker(argv[2]);
  return 2;
}

} // namespace troupe::perf
