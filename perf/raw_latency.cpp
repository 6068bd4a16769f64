// SPDX-License-Identifier: BSL-1.0

#include "raw_latency.hpp"

#include "harness/clock.hpp"
#include "harness/statistics.hpp"

#include <zmq.hpp>

#include <chrono>
#include <optional>
#include <stdexcept>

namespace troupe::perf {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 30s;

void prepare(zmq::socket_t& socket) {
  auto limit = static_cast<int>(std::chrono::milliseconds{patience}.count());
  socket.set(zmq::sockopt::linger, 0);
  socket.set(zmq::sockopt::rcvtimeo, limit);
  socket.set(zmq::sockopt::sndtimeo, limit);
}

void no_release(void*, void*) {
  // The payload outlives all messages.
}

/// Sends bytes as the policy says. They have to outlive the message.
void send(zmq::socket_t& socket, std::string_view bytes, copy_policy policy) {
  if (policy.copies(bytes.size()))
    socket.send(zmq::buffer(bytes), zmq::send_flags::none);
  else
    socket.send(zmq::message_t{const_cast<char*>(bytes.data()), bytes.size(),
                               no_release, nullptr},
                zmq::send_flags::none);
}

/// Sends each request back as it is: the received message itself, or, if all
/// has to be copied, a copy of it.
void reply(zmq::context_t& context, const std::vector<std::string>& arguments,
           line_stream& orders) {
  zmq::socket_t socket{context, zmq::socket_type::rep};
  prepare(socket);
  socket.connect(arguments.at(0));
  copy_policy policy{std::stoull(arguments.at(1))};
  zmq::message_t message;
  while (auto line = orders.read()) {
    auto count = to_job(*line).count;
    for (std::size_t i = 0; i < count && socket.recv(message); ++i)
      if (policy == copy_policy::always())
        socket.send(zmq::buffer(message.data(), message.size()),
                    zmq::send_flags::none);
      else
        socket.send(std::move(message), zmq::send_flags::none);
  }
}

void reply_process(const std::vector<std::string>& arguments,
                   line_stream& orders) {
  zmq::context_t context;
  reply(context, arguments, orders);
}

} // namespace

struct raw_latency::impl {
  explicit impl(const stream_setup& setup)
    : policy(setup.copy), socket(context, zmq::socket_type::req) {
    prepare(socket);
    socket.bind(make_endpoint(setup.transport));
    std::vector<std::string> arguments{socket.get(zmq::sockopt::last_endpoint),
                                       std::to_string(setup.copy.threshold())};
    if (setup.transport == "inproc")
      other.emplace(partner::in_thread(
        [this](const std::vector<std::string>& words, line_stream& orders) {
          reply(context, words, orders);
        },
        std::move(arguments)));
    else
      other.emplace(partner::in_process("raw-reply", std::move(arguments)));
  }

  copy_policy policy;
  zmq::context_t context;
  zmq::socket_t socket;
  std::optional<partner> other;
};

raw_latency::raw_latency(const stream_setup& setup)
  : pimpl_(std::make_unique<impl>(setup)) {
  // nop
}

raw_latency::~raw_latency() {
  // nop
}

measurement raw_latency::run(const stream_job& job) {
  auto payload = make_stream_payload(job.size);
  std::string_view bytes{payload.data(), payload.size()};
  zmq::message_t answer;
  std::vector<double> seconds;
  seconds.reserve(job.count);
  pimpl_->other->tell(to_line(job));
  for (std::size_t i = 0; i < job.count; ++i) {
    stopwatch watch;
    send(pimpl_->socket, bytes, pimpl_->policy);
    if (!pimpl_->socket.recv(answer) || answer.size() != job.size)
      throw std::runtime_error("the raw path lost or changed an answer");
    seconds.push_back(watch.seconds());
  }
  if (answer.to_string_view() != bytes)
    throw std::runtime_error("the raw path changed an answer");
  return to_latency(seconds);
}

role raw_reply_role() {
  return {"raw-reply", reply_process};
}

measurement to_latency(const std::vector<double>& seconds) {
  return {{"median_us", median(seconds) * 1e6},
          {"p99_us", quantile(seconds, 0.99) * 1e6}};
}

} // namespace troupe::perf
