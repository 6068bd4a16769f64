// SPDX-License-Identifier: BSL-1.0

#include "raw_client.hpp"

#include <chrono>
#include <unistd.h>

namespace troupe::perf {

namespace {

constexpr std::chrono::milliseconds patience{30'000};

} // namespace

zmq::socket_t open_unbounded(zmq::context_t& context, zmq::socket_type type) {
  zmq::socket_t result{context, type};
  result.set(zmq::sockopt::sndhwm, 0);
  result.set(zmq::sockopt::rcvhwm, 0);
  result.set(zmq::sockopt::linger, 0);
  return result;
}

zmq::socket_t open_client(zmq::context_t& context,
                          const std::string& endpoint) {
  auto result = open_unbounded(context, zmq::socket_type::dealer);
  result.set(zmq::sockopt::rcvtimeo, static_cast<int>(patience.count()));
  result.connect(endpoint);
  return result;
}

std::string raw_endpoint(const std::string& transport, const char* name) {
  static int count = 0;
  if (transport == "tcp")
    return "tcp://127.0.0.1:*";
  return "ipc://@troupe-raw-" + std::to_string(getpid()) + "-"
         + std::to_string(++count) + "-" + name;
}

} // namespace troupe::perf
