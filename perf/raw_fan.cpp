// SPDX-License-Identifier: BSL-1.0

#include "raw_fan.hpp"

#include "digest.hpp"
#include "harness/clock.hpp"
#include "raw_client.hpp"
#include "raw_processes.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <stdexcept>
#include <string_view>
#include <tuple>
#include <vector>

namespace troupe::perf {

namespace {

constexpr std::chrono::milliseconds patience{60'000};

/// A digest as it travels between processes of one machine.
struct answer {
  explicit answer(std::string_view payload) {
    std::tie(size, head, tail) = digest_of(payload);
  }

  std::uint64_t size, head, tail;
};

void no_release(void*, void*) {
  // The payloads outlive the run, and nobody reads what was answered.
}

} // namespace

struct raw_fan::impl {
  impl(std::size_t count, const std::string& transport)
    : socket(open_unbounded(context, zmq::socket_type::router)) {
    socket.set(zmq::sockopt::router_mandatory, true);
    socket.set(zmq::sockopt::rcvtimeo, static_cast<int>(patience.count()));
    socket.bind(raw_endpoint(transport, "fan"));
    auto endpoint = socket.get(zmq::sockopt::last_endpoint);
    for (std::size_t i = 0; i < count; ++i)
      processes.start({"fan-worker", endpoint});
  }

  /// Receives what one worker says into `frame`, and returns who it is.
  std::string receive() {
    zmq::message_t id;
    if (!socket.recv(id) || !id.more() || !socket.recv(frame))
      throw std::runtime_error("a worker of the raw path does not answer");
    return id.to_string();
  }

  void send(const std::string& worker, zmq::message_t& payload) {
    socket.send(zmq::buffer(worker), zmq::send_flags::sndmore);
    zmq::message_t reference;
    reference.copy(payload);
    socket.send(std::move(reference), zmq::send_flags::none);
  }

  /// Takes the next answer of `worker`, to a payload below number `last`.
  void take(const std::string& worker, const std::vector<answer>& expected,
            std::size_t last) {
    auto i = workers.find(worker);
    if (i == workers.end() || i->second >= last
        || frame.size() != sizeof(answer)
        || std::memcmp(frame.data(), &expected[i->second], sizeof(answer)) != 0)
      throw std::runtime_error("the raw path changed or doubled an answer");
    ++i->second;
  }

  /// Greets each worker as it comes, and waits until all have answered.
  void start(std::size_t count) {
    stopwatch watch;
    zmq::message_t greeting{std::string_view{"greeting"}};
    std::vector<answer> expected{answer{greeting.to_string_view()}};
    for (std::size_t answers = 0; answers < count;) {
      auto worker = receive();
      if (frame.empty()) {
        workers.emplace(worker, 0);
        send(worker, greeting);
        continue;
      }
      take(worker, expected, 1);
      if (++answers == 1)
        first = watch.seconds();
    }
    all = watch.seconds();
  }

  zmq::context_t context;
  zmq::socket_t socket;
  zmq::message_t frame;
  raw_processes processes;
  /// Answers so far, by routing id.
  std::map<std::string, std::size_t> workers;
  double first = 0;
  double all = 0;
};

raw_fan::raw_fan(std::size_t workers, const std::string& transport) {
  stopwatch watch;
  pimpl_ = std::make_unique<impl>(workers, transport);
  auto spawned = watch.seconds();
  pimpl_->start(workers);
  pimpl_->first += spawned;
  pimpl_->all += spawned;
}

raw_fan::~raw_fan() {
  // nop
}

double raw_fan::first_answer() const noexcept {
  return pimpl_->first;
}

double raw_fan::all_answered() const noexcept {
  return pimpl_->all;
}

void raw_fan::run(const std::vector<buffer>& payloads, std::size_t batch) {
  for (auto& [worker, answers] : pimpl_->workers)
    answers = 0;
  std::vector<answer> expected;
  for (const auto& payload : payloads)
    expected.emplace_back(payload.text());
  for (std::size_t first = 0; first < payloads.size(); first += batch) {
    auto last = std::min(first + batch, payloads.size());
    for (auto round = first; round < last; ++round) {
      auto text = payloads[round].text();
      zmq::message_t payload{const_cast<char*>(text.data()), text.size(),
                             no_release};
      for (auto& [worker, answers] : pimpl_->workers)
        pimpl_->send(worker, payload);
    }
    for (auto i = (last - first) * pimpl_->workers.size(); i > 0; --i)
      pimpl_->take(pimpl_->receive(), expected, last);
  }
}

int run_fan_worker(const char* endpoint) {
  zmq::context_t context;
  auto socket = open_unbounded(context, zmq::socket_type::dealer);
  socket.connect(endpoint);
  socket.send(zmq::message_t{}, zmq::send_flags::none);
  zmq::message_t payload;
  while (socket.recv(payload)) {
    answer result{payload.to_string_view()};
    socket.send(zmq::buffer(&result, sizeof(result)), zmq::send_flags::none);
  }
  return 1;
}

} // namespace troupe::perf
