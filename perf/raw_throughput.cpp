// SPDX-License-Identifier: BSL-1.0

#include "raw_throughput.hpp"

#include "harness/clock.hpp"

#include <zmq.hpp>

#include <atomic>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <thread>

namespace troupe::perf {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 30s;

void count_release(void*, void* counter) {
  static_cast<std::atomic<std::size_t>*>(counter)->fetch_add(
    1, std::memory_order_relaxed);
}

/// Waits until ZeroMQ is done with what was lent.
void await(const std::atomic<std::size_t>& released, std::size_t count) {
  stopwatch watch;
  while (released.load() < count && watch.seconds() < 30)
    std::this_thread::sleep_for(100us);
}

/// Sends the messages of one run as fast as it can.
send_report send_all(zmq::socket_t& socket, const stream_job& job,
                     copy_policy policy) {
  auto payload = make_stream_payload(job.size);
  std::atomic<std::size_t> released{0};
  auto lends = !policy.copies(job.size);
  send_report result;
  result.began = steady_seconds();
  stopwatch watch;
  for (std::size_t i = 0; i < job.count; ++i) {
    if (lends)
      socket.send(zmq::message_t{payload.data(), payload.size(), count_release,
                                 &released},
                  zmq::send_flags::none);
    else
      socket.send(zmq::buffer(payload), zmq::send_flags::none);
  }
  result.seconds = watch.seconds();
  result.borrowed = lends ? job.count : 0;
  await(released, result.borrowed);
  result.released = released.load();
  return result;
}

void push(zmq::context_t& context, const std::vector<std::string>& arguments,
          line_stream& orders) {
  zmq::socket_t socket{context, zmq::socket_type::push};
  socket.set(zmq::sockopt::sndhwm, std::stoi(arguments.at(1)));
  socket.set(zmq::sockopt::linger, 0);
  socket.set(zmq::sockopt::sndtimeo,
             static_cast<int>(std::chrono::milliseconds{patience}.count()));
  socket.connect(arguments.at(0));
  copy_policy policy{std::stoull(arguments.at(2))};
  while (auto line = orders.read())
    orders.write(to_line(send_all(socket, to_job(*line), policy)));
}

void push_process(const std::vector<std::string>& arguments,
                  line_stream& orders) {
  zmq::context_t context;
  push(context, arguments, orders);
}

/// Receives the messages of one run.
receive_report receive_all(zmq::socket_t& socket, const stream_job& job) {
  zmq::message_t message;
  auto take = [&] {
    if (!socket.recv(message) || message.size() != job.size)
      throw std::runtime_error("the raw path lost or changed a message");
  };
  take();
  stopwatch watch;
  for (std::size_t i = 1; i < job.count; ++i)
    take();
  receive_report result{watch.seconds(), job.count - 1, steady_seconds()};
  if (!is_stream_payload(message.to_string_view()))
    throw std::runtime_error("the raw path changed a message");
  return result;
}

} // namespace

struct raw_throughput::impl {
  explicit impl(const stream_setup& setup)
    : socket(context, zmq::socket_type::pull) {
    socket.set(zmq::sockopt::rcvhwm, setup.hwm);
    socket.set(zmq::sockopt::linger, 0);
    socket.set(zmq::sockopt::rcvtimeo,
               static_cast<int>(std::chrono::milliseconds{patience}.count()));
    socket.bind(make_endpoint(setup.transport));
    std::vector<std::string> arguments{socket.get(zmq::sockopt::last_endpoint),
                                       std::to_string(setup.hwm),
                                       std::to_string(setup.copy.threshold())};
    if (setup.transport == "inproc")
      sender.emplace(partner::in_thread(
        [this](const std::vector<std::string>& words, line_stream& orders) {
          push(context, words, orders);
        },
        std::move(arguments)));
    else
      sender.emplace(partner::in_process("raw-push", std::move(arguments)));
  }

  zmq::context_t context;
  zmq::socket_t socket;
  std::optional<partner> sender;
};

raw_throughput::raw_throughput(const stream_setup& setup)
  : pimpl_(std::make_unique<impl>(setup)) {
  // nop
}

raw_throughput::~raw_throughput() {
  // nop
}

measurement raw_throughput::run(const stream_job& job) {
  pimpl_->sender->tell(to_line(job));
  auto received = receive_all(pimpl_->socket, job);
  auto sent = to_send_report(pimpl_->sender->hear());
  return to_measurement(job, sent, received);
}

role raw_push_role() {
  return {"raw-push", push_process};
}

} // namespace troupe::perf
