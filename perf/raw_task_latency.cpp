// SPDX-License-Identifier: BSL-1.0

#include "raw_task_latency.hpp"

#include "harness/clock.hpp"
#include "raw_client.hpp"
#include "raw_latency.hpp"

#include <memory>
#include <stdexcept>

namespace troupe::perf {

namespace {

struct task_client {
  explicit task_client(const std::string& endpoint)
    : socket(open_client(context, endpoint)) {
    // nop
  }

  measurement run(const std::vector<std::string>& inputs) {
    std::vector<double> seconds;
    seconds.reserve(inputs.size());
    for (const auto& input : inputs) {
      stopwatch watch;
      socket.send(zmq::buffer(input), zmq::send_flags::none);
      auto came = socket.recv(frame);
      seconds.push_back(watch.seconds());
      if (!came || frame.to_string_view() != input)
        throw std::runtime_error("the raw path lost or changed an answer");
    }
    return to_latency(seconds);
  }

  zmq::context_t context;
  zmq::socket_t socket;
  zmq::message_t frame;
};

} // namespace

std::function<measurement()>
raw_task_latency(const std::string& endpoint,
                 const std::vector<std::string>& inputs) {
  auto client = std::make_shared<task_client>(endpoint);
  return [client, &inputs] { return client->run(inputs); };
}

} // namespace troupe::perf
