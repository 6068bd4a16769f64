// SPDX-License-Identifier: BSL-1.0

#include "task_clients.hpp"

#include "bench_tasks.hpp"
#include "digest.hpp"
#include "raw_client.hpp"
#include "troupe/process/connection_info.hpp"

#include <optional>
#include <ranges>
#include <stdexcept>

namespace troupe::perf {

namespace {

/// Makes a task's text when it is sent, so that none is kept.
auto texts(std::size_t tasks, std::size_t size) {
  return std::views::iota(std::size_t{0}, tasks)
         | std::views::transform(
           [size](std::size_t i) { return make_marked_payload(i, size); });
}

/// Submits tasks and collects their results as it is told.
template <class Submit, class Collect>
void serve(line_stream& orders, Submit submit, Collect collect) {
  orders.write("connected");
  std::size_t tasks = 0, size = 0;
  while (auto line = orders.read()) {
    if (line != "collect") {
      auto xs = to_numbers(*line, 2);
      tasks = static_cast<std::size_t>(xs[0]);
      size = static_cast<std::size_t>(xs[1]);
      submit(tasks, size);
    } else {
      collect(tasks, size);
    }
    orders.write(std::to_string(tasks));
  }
}

void play_actor(const std::vector<std::string>& arguments,
                line_stream& orders) {
  auto info = parse_connection_info(arguments.at(0));
  if (!info)
    throw std::runtime_error("cannot read the connection info");
  client session{*info};
  std::optional<map_result<std::string>> results;
  serve(
    orders,
    [&](std::size_t tasks, std::size_t size) {
      results.emplace(session.balanced().map<echo_text>(texts(tasks, size)));
    },
    [&](std::size_t tasks, std::size_t size) {
      for (std::size_t i = 0; i < tasks; ++i)
        if (results->get(i) != make_marked_payload(i, size))
          throw std::runtime_error("the actor path changed an answer");
      results.reset();
    });
}

/// Receives the answers to `tasks` messages and compares them.
void collect_raw(zmq::socket_t& socket, std::size_t tasks, std::size_t size) {
  std::vector<bool> seen(tasks);
  zmq::message_t frame;
  for (std::size_t i = 0; i < tasks; ++i) {
    if (!socket.recv(frame))
      throw std::runtime_error("the raw path lost an answer");
    auto number = std::get<1>(digest_of(frame.to_string_view()));
    if (number >= tasks || seen[number]
        || frame.to_string_view() != make_marked_payload(number, size))
      throw std::runtime_error("the raw path changed or doubled an answer");
    seen[number] = true;
  }
}

void play_raw(const std::vector<std::string>& arguments, line_stream& orders) {
  zmq::context_t context;
  auto socket = open_client(context, arguments.at(0));
  serve(
    orders,
    [&](std::size_t tasks, std::size_t size) {
      for (const auto& text : texts(tasks, size))
        socket.send(zmq::buffer(text), zmq::send_flags::none);
    },
    [&](std::size_t tasks, std::size_t size) {
      collect_raw(socket, tasks, size);
    });
}

} // namespace

task_clients::task_clients(std::string_view role, const std::string& address,
                           std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    processes_.push_back(partner::in_process(role, {address}));
  for (auto& process : processes_)
    process.hear();
}

void task_clients::submit(std::size_t tasks, std::size_t size) {
  for (std::size_t i = 0; i < processes_.size(); ++i) {
    auto share = (tasks + processes_.size() - 1 - i) / processes_.size();
    processes_[i].tell(std::to_string(share) + ' ' + std::to_string(size));
  }
  for (auto& process : processes_)
    process.hear();
  open_ = tasks;
}

void task_clients::collect() {
  for (auto& process : processes_)
    process.tell("collect");
  std::size_t tasks = 0;
  for (auto& process : processes_)
    tasks += static_cast<std::size_t>(to_numbers(process.hear(), 1)[0]);
  if (tasks != open_)
    throw std::runtime_error("a client lost a task");
}

std::vector<pid_t> task_clients::pids() const {
  std::vector<pid_t> result;
  for (const auto& process : processes_)
    result.push_back(process.pid());
  return result;
}

role actor_client_role() {
  return {"actor-client", play_actor};
}

role raw_client_role() {
  return {"raw-client", play_raw};
}

} // namespace troupe::perf
