// SPDX-License-Identifier: BSL-1.0

#include "actor_interference.hpp"

#include "actor_host.hpp"
#include "actor_latency.hpp"
#include "actor_throughput.hpp"
#include "harness/clock.hpp"

#include <caf/send.hpp>

#include <atomic>
#include <exception>
#include <optional>
#include <thread>

namespace troupe::perf {

namespace {

/// Round trips between two looks whether the large messages are there.
constexpr std::size_t round_trips_per_look = 20;

/// A few large messages in the queues: more bring no speed and cost memory.
constexpr int bulk_hwm = 16;

socket_spec small_spec(socket_type type, const lane_setup& setup) {
  auto spec = make_spec(type, {setup.transport});
  spec.options.affinity = setup.small_affinity();
  spec.handlers_on_pump = true;
  spec.pump = 0;
  return spec;
}

stream_setup bulk_setup(const lane_setup& setup) {
  stream_setup result{setup.transport, copy_policy::never()};
  result.hwm = bulk_hwm;
  return result;
}

socket_spec bulk_spec(socket_type type, const lane_setup& setup) {
  auto spec = make_spec(type, bulk_setup(setup));
  spec.options.affinity = setup.bulk_affinity();
  spec.options.send_buffer = setup.bulk_buffer();
  spec.options.receive_buffer = setup.bulk_buffer();
  spec.pump = 1;
  return spec;
}

/// Arguments: endpoints for small and for large messages, and the setup.
void serve(const std::vector<std::string>& arguments, line_stream& orders) {
  auto setup = to_lane_setup(arguments, 2);
  actor_host host{socket_context::make(setup.io_threads()), 2};
  auto small = small_spec(socket_type::rep, setup);
  auto bulk = bulk_spec(socket_type::push, setup);
  small.connect.push_back(arguments.at(0));
  bulk.connect.push_back(arguments.at(1));
  auto replier = spawn_replier(host, host.open(std::move(small)).handle);
  auto socket = host.open(std::move(bulk)).handle;
  be_nice(setup);
  caf::scoped_actor self{host.system()};
  while (orders.read())
    send_messages(self, socket, bulk_setup(setup), {setup.count, setup.size});
  caf::anon_send_exit(replier, caf::exit_reason::user_shutdown);
}

} // namespace

struct actor_interference::impl {
  explicit impl(const lane_setup& setup)
    : setup(setup),
      host(socket_context::make(setup.io_threads()), 2),
      self(host.system()) {
    auto small = small_spec(socket_type::req, setup);
    auto bulk = bulk_spec(socket_type::pull, setup);
    small.bind.push_back(make_endpoint(setup.transport));
    bulk.bind.push_back(make_endpoint(setup.transport));
    auto small_socket = host.open(std::move(small));
    auto bulk_socket = host.open(std::move(bulk));
    be_nice(setup);
    asker = spawn_asker(host, small_socket.handle, times);
    counter = spawn_counter(host, bulk_socket.handle);
    auto arguments = to_words(setup);
    arguments.insert(arguments.begin(), {small_socket.endpoints.front(),
                                         bulk_socket.endpoints.front()});
    other.emplace(partner::in_process("actor-lanes", std::move(arguments)));
  }

  ~impl() {
    caf::anon_send_exit(asker, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(counter, caf::exit_reason::user_shutdown);
  }

  /// Moves all large messages, then raises `done`.
  void move_bulk(std::atomic<bool>& done, std::exception_ptr& failure) {
    try {
      caf::scoped_actor bulk_self{host.system()};
      await_messages(bulk_self, counter, {setup.count, setup.size},
                     [this] { other->tell("go"); });
    } catch (...) {
      failure = std::current_exception();
    }
    done = true;
  }

  lane_setup setup;
  actor_host host;
  caf::scoped_actor self;
  std::shared_ptr<std::vector<double>> times =
    std::make_shared<std::vector<double>>();
  caf::actor asker;
  caf::actor counter;
  std::optional<partner> other;
};

actor_interference::actor_interference(const lane_setup& setup)
  : pimpl_(std::make_unique<impl>(setup)) {
  // nop
}

actor_interference::~actor_interference() {
  // nop
}

measurement actor_interference::run() {
  auto& x = *pimpl_;
  make_round_trips(x.self, x.asker, {idle_round_trips, small_size});
  auto idle = *x.times;
  std::vector<double> loaded;
  std::atomic<bool> done{false};
  std::exception_ptr failure;
  stopwatch watch;
  std::thread bulk{[&] { x.move_bulk(done, failure); }};
  try {
    do {
      make_round_trips(x.self, x.asker, {round_trips_per_look, small_size});
      loaded.insert(loaded.end(), x.times->begin(), x.times->end());
    } while (!done);
  } catch (...) {
    bulk.join();
    throw;
  }
  auto seconds = watch.seconds();
  bulk.join();
  if (failure)
    std::rethrow_exception(failure);
  return to_interference(idle, loaded, seconds);
}

role actor_lanes_role() {
  return {"actor-lanes", serve};
}

} // namespace troupe::perf
