// SPDX-License-Identifier: BSL-1.0

#include "nats_flood.hpp"

#include "harness/clock.hpp"
#include "harness/payload.hpp"
#include "nats_link.hpp"
#include "troupe/process/child_process.hpp"

#include <csignal>
#include <cstdint>
#include <fcntl.h>
#include <optional>
#include <stdexcept>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace troupe::perf {

namespace {

constexpr const char* task_subject = "task";
constexpr const char* answer_subject = "answer";

/// Most bytes that wait to leave, so that answers are read meanwhile.
constexpr std::size_t most_unsent = 64u << 10;

/// A server on a port of its own choice.
class nats_server {
public:
  nats_server() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
      throw std::runtime_error("cannot create a pipe");
    log_ = descriptor{ends[0]};
    descriptor writer{ends[1]};
    process_spec spec;
    spec.program = "nats-server";
    spec.arguments = {"-a", "127.0.0.1", "-p", "-1"};
    spec.parent_death_signal = SIGKILL;
    spec.stdout_fd = writer.get();
    spec.stderr_fd = writer.get();
    auto pid = start_process(spec);
    if (!pid)
      throw std::runtime_error(
        "nats-server is not installed: install the package nats-server");
    pid_ = *pid;
  }

  nats_server(const nats_server&) = delete;

  nats_server& operator=(const nats_server&) = delete;

  ~nats_server() {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }

  /// Reads the log until it says where the server listens. What comes later
  /// stays in the pipe: a few lines.
  std::uint16_t port() const {
    line_stream lines{dup(log_.get()), -1};
    while (auto line = lines.read(10)) {
      auto i = line->find("client connections on 127.0.0.1:");
      if (i != std::string::npos)
        return static_cast<std::uint16_t>(
          std::stoul(line->substr(line->rfind(':') + 1)));
    }
    throw std::runtime_error("the NATS server does not start");
  }

private:
  descriptor log_;
  pid_t pid_ = 0;
};

void play_worker(const std::vector<std::string>& arguments,
                 line_stream& orders) {
  nats_link link{static_cast<std::uint16_t>(std::stoul(arguments.at(0)))};
  link.subscribe(task_subject, "workers");
  link.synchronize();
  orders.write("ready");
  for (nats_message x;;) {
    while (link.next(x))
      link.publish(x.reply_to, {}, x.payload);
    link.exchange(-1);
  }
}

} // namespace

struct nats_flood::impl {
  explicit impl(std::size_t count) : port(server.port()), link(port) {
    for (std::size_t i = 0; i < count; ++i)
      workers.push_back(
        partner::in_process("nats-worker", {std::to_string(port)}));
    for (auto& worker : workers)
      worker.hear();
    link.subscribe(answer_subject);
    link.synchronize();
  }

  nats_server server;
  std::uint16_t port;
  nats_link link;
  std::vector<partner> workers;
};

nats_flood::nats_flood(std::size_t workers)
  : pimpl_(std::make_unique<impl>(workers)) {
  // nop
}

nats_flood::~nats_flood() {
  // nop
}

measurement nats_flood::run(std::size_t tasks, std::size_t size) {
  auto inputs = make_payloads(tasks, size);
  answer_check check{inputs};
  auto& link = pimpl_->link;
  std::optional<double> sent;
  nats_message answer;
  stopwatch watch;
  for (std::size_t next = 0; check.taken() < tasks;) {
    while (next < tasks && link.unsent() < most_unsent)
      link.publish(task_subject, answer_subject, inputs[next++]);
    link.exchange();
    if (next == tasks && link.unsent() == 0 && !sent)
      sent = watch.seconds();
    while (link.next(answer))
      check.take(answer.payload);
  }
  auto roundtrip = watch.seconds();
  if (!check.complete())
    throw std::runtime_error("NATS lost or changed an answer");
  auto count = static_cast<double>(tasks);
  return {{"sent_per_s", count / sent.value_or(roundtrip)},
          {"roundtrip_per_s", count / roundtrip}};
}

role nats_worker_role() {
  return {"nats-worker", play_worker};
}

} // namespace troupe::perf
