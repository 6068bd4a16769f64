// SPDX-License-Identifier: BSL-1.0

#include "raw_backlog.hpp"

#include "digest.hpp"
#include "harness/clock.hpp"
#include "raw_client.hpp"

#include <memory>
#include <signal.h>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

namespace troupe::perf {

namespace {

/// Stops the workers of a device while it lives.
class stopped_workers {
public:
  explicit stopped_workers(const raw_device& device) : device_(device) {
    send(SIGSTOP);
  }

  stopped_workers(const stopped_workers&) = delete;

  stopped_workers& operator=(const stopped_workers&) = delete;

  ~stopped_workers() {
    send(SIGCONT);
  }

private:
  void send(int sig) const {
    for (auto pid : device_.worker_pids())
      kill(pid, sig);
  }

  const raw_device& device_;
};

class backlog_client {
public:
  backlog_client(const raw_device& device, const backlog_job& job)
    : device_(device),
      job_(job),
      socket_(open_client(context_, device.endpoint())) {
    // nop
  }

  measurement run() {
    sent_ = 0;
    seen_.assign(job_.total(), false);
    {
      stopped_workers stopped{device_};
      while (sent_ < job_.queued)
        send();
    }
    exchange(job_.warm_up);
    stopwatch watch;
    exchange(job_.tasks);
    auto seconds = watch.seconds();
    for (std::size_t i = 0; i < job_.queued; ++i)
      take();
    return {{"rate_per_s", static_cast<double>(job_.tasks) / seconds}};
  }

private:
  void send() {
    auto text = make_marked_payload(sent_++, job_.size);
    socket_.send(zmq::buffer(text), zmq::send_flags::none);
  }

  void take() {
    if (!socket_.recv(frame_))
      throw std::runtime_error("the raw path lost an answer");
    auto text = frame_.to_string_view();
    auto number = std::get<1>(digest_of(text));
    if (number >= sent_ || seen_[number]
        || text != make_marked_payload(number, job_.size))
      throw std::runtime_error("the raw path changed or doubled an answer");
    seen_[number] = true;
  }

  /// Sends a task for each of `count` answers.
  void exchange(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      take();
      send();
    }
  }

  const raw_device& device_;
  backlog_job job_;
  zmq::context_t context_;
  zmq::socket_t socket_;
  zmq::message_t frame_;
  std::size_t sent_ = 0;
  std::vector<bool> seen_;
};

} // namespace

std::function<measurement()> raw_backlog(const raw_device& device,
                                         const backlog_job& job) {
  auto client = std::make_shared<backlog_client>(device, job);
  return [client] { return client->run(); };
}

} // namespace troupe::perf
