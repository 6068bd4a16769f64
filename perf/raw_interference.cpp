// SPDX-License-Identifier: BSL-1.0

#include "raw_interference.hpp"

#include "harness/clock.hpp"
#include "stream.hpp"

#include <zmq.hpp>

#include <atomic>
#include <optional>
#include <stdexcept>
#include <thread>

namespace troupe::perf {

namespace {

constexpr int patience_ms = 30'000;

zmq::socket_t open(zmq::context_t& context, zmq::socket_type type,
                   std::size_t affinity, int buffer = -1) {
  zmq::socket_t result{context, type};
  result.set(zmq::sockopt::affinity, static_cast<std::uint64_t>(affinity));
  result.set(zmq::sockopt::sndbuf, buffer);
  result.set(zmq::sockopt::rcvbuf, buffer);
  result.set(zmq::sockopt::linger, 0);
  result.set(zmq::sockopt::rcvtimeo, patience_ms);
  result.set(zmq::sockopt::sndtimeo, patience_ms);
  return result;
}

void no_release(void*, void*) {
  // The payload outlives all messages.
}

/// Answers until the context ends.
void reply(zmq::socket_t socket) {
  try {
    zmq::message_t message;
    for (;;)
      if (socket.recv(message))
        socket.send(message, zmq::send_flags::none);
  } catch (const zmq::error_t&) {
    // The context ends.
  }
}

/// Arguments: endpoints for small and for large messages, and the setup.
void serve(const std::vector<std::string>& arguments, line_stream& orders) {
  auto setup = to_lane_setup(arguments, 2);
  auto payload = make_stream_payload(setup.size);
  zmq::context_t context{setup.io_threads()};
  auto small = open(context, zmq::socket_type::rep, setup.small_affinity());
  auto bulk = open(context, zmq::socket_type::push, setup.bulk_affinity(),
                   setup.bulk_buffer());
  small.connect(arguments.at(0));
  bulk.connect(arguments.at(1));
  be_nice(setup);
  std::thread answers{reply, std::move(small)};
  while (orders.read())
    for (std::size_t i = 0; i < setup.count; ++i)
      bulk.send(zmq::message_t{payload.data(), payload.size(), no_release,
                               nullptr},
                zmq::send_flags::none);
  context.shutdown();
  answers.join();
}

} // namespace

struct raw_interference::impl {
  explicit impl(const lane_setup& setup)
    : setup(setup),
      context(setup.io_threads()),
      small(open(context, zmq::socket_type::req, setup.small_affinity())),
      bulk(open(context, zmq::socket_type::pull, setup.bulk_affinity(),
                setup.bulk_buffer())) {
    small.bind(make_endpoint(setup.transport));
    bulk.bind(make_endpoint(setup.transport));
    be_nice(setup);
    auto arguments = to_words(setup);
    arguments.insert(arguments.begin(),
                     {small.get(zmq::sockopt::last_endpoint),
                      bulk.get(zmq::sockopt::last_endpoint)});
    other.emplace(partner::in_process("raw-lanes", std::move(arguments)));
  }

  double round_trip() {
    stopwatch watch;
    small.send(zmq::buffer(payload), zmq::send_flags::none);
    if (!small.recv(answer) || answer.size() != payload.size())
      throw std::runtime_error("the raw path lost or changed an answer");
    return watch.seconds();
  }

  /// Receives all large messages, then raises `done`.
  void receive(std::atomic<bool>& done, bool& right) {
    zmq::message_t message;
    for (std::size_t i = 0; i < setup.count && right; ++i)
      right = bulk.recv(message) && message.size() == setup.size;
    done = true;
  }

  lane_setup setup;
  zmq::context_t context;
  zmq::socket_t small;
  zmq::socket_t bulk;
  zmq::message_t answer;
  std::vector<char> payload = make_stream_payload(small_size);
  std::optional<partner> other;
};

raw_interference::raw_interference(const lane_setup& setup)
  : pimpl_(std::make_unique<impl>(setup)) {
  // nop
}

raw_interference::~raw_interference() {
  // nop
}

measurement raw_interference::run() {
  std::vector<double> idle, loaded;
  for (std::size_t i = 0; i < idle_round_trips; ++i)
    idle.push_back(pimpl_->round_trip());
  std::atomic<bool> done{false};
  auto right = true;
  stopwatch watch;
  std::thread receiver{[&] { pimpl_->receive(done, right); }};
  pimpl_->other->tell("go");
  try {
    do
      loaded.push_back(pimpl_->round_trip());
    while (!done);
  } catch (...) {
    receiver.join();
    throw;
  }
  auto seconds = watch.seconds();
  receiver.join();
  if (!right)
    throw std::runtime_error("the raw path lost or changed a message");
  return to_interference(idle, loaded, seconds);
}

role raw_lanes_role() {
  return {"raw-lanes", serve};
}

} // namespace troupe::perf
