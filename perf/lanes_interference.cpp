// SPDX-License-Identifier: BSL-1.0

#include "lanes_interference.hpp"

#include "actor_host.hpp"
#include "harness/clock.hpp"
#include "raw_latency.hpp"
#include "stream.hpp"
#include "troupe/error.hpp"
#include "troupe/lanes/lanes.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>
#include <caf/stateful_actor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace troupe::perf {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 60s;

lanes_spec make_lanes(const lane_setup& setup) {
  lanes_spec result;
  result.sockets = make_spec(socket_type::dealer,
                             {setup.transport, copy_policy::never()});
  result.sockets.peers = socket_peers::bridged;
  result.sockets.handlers_on_pump = true;
  result.own_bulk_thread = true;
  return result;
}

opened_lanes open(actor_host& host, lanes_spec spec) {
  auto result = open_lanes(host.system(), host.bridge(), std::move(spec));
  if (!result)
    throw std::runtime_error(describe(result.error()));
  return std::move(*result);
}

std::string_view view_of(const std::vector<char>& x) {
  return {x.data(), x.size()};
}

// -- the side that measures ---------------------------------------------------

struct asker_state {
  static inline const char* name = "bench.lanes-asker";

  lanes_actor lanes;
  peer_id peer{};
  std::vector<char> request = make_stream_payload(small_size);
  stopwatch watch;
  std::shared_ptr<std::vector<double>> times;
  /// Small requests of this job, without an end while large messages come.
  std::size_t wanted = 0;
  /// Bytes of large messages that are to come.
  std::uint64_t missing = 0;
  caf::response_promise joined;
  caf::response_promise done;
};

using asker_pointer = caf::stateful_actor<asker_state>*;

void ask(asker_pointer self) {
  auto& state = self->state;
  state.watch = stopwatch{};
  lanes_outgoing x;
  x.peer = state.peer;
  x.messages.emplace_back(buffer::copy_of(view_of(state.request)));
  self->send(state.lanes, std::move(x));
}

void take_answer(asker_pointer self, const multipart& answer) {
  auto& state = self->state;
  state.times->push_back(state.watch.seconds());
  if (answer.frames.size() != 1
      || answer.frames.front().text() != view_of(state.request))
    state.done.deliver(
      make_error(ec::unexpected_message, "the lanes changed an answer"));
  else if (state.times->size() < state.wanted || state.missing > 0)
    ask(self);
  else
    state.done.deliver(caf::unit);
}

caf::behavior asker(asker_pointer self, lanes_actor lanes,
                    std::shared_ptr<std::vector<double>> times) {
  self->state.times = std::move(times);
  self->state.lanes = std::move(lanes);
  return {
    [=](const peer_event& x) {
      if (x.what != peer_event::kind::joined)
        return;
      self->state.peer = x.peer;
      if (self->state.joined.pending())
        self->state.joined.deliver(caf::unit);
    },
    [=](const lanes_delivery& x) {
      auto& missing = self->state.missing;
      for (auto& message : x.messages)
        if (x.via == lane::bulk)
          missing -= std::min<std::uint64_t>(missing, message.size_bytes());
        else
          take_answer(self, message);
    },
    [=](const lanes_returned& x) {
      self->state.done.deliver(make_error(x.reason, "the lanes gave up"));
    },
    // Waits for the other side.
    [=](atom::attach) -> caf::result<void> {
      if (self->state.peer != peer_id{})
        return caf::unit;
      self->state.joined = self->make_response_promise();
      return self->state.joined;
    },
    // Asks so often, and until so many bytes of large messages came.
    [=](std::uint64_t count, std::uint64_t bytes) {
      auto& state = self->state;
      state.wanted = count;
      state.missing = bytes;
      state.times->clear();
      state.done = self->make_response_promise();
      ask(self);
      return state.done;
    },
  };
}

// -- the side that answers ----------------------------------------------------

struct answerer_state {
  static inline const char* name = "bench.lanes-answerer";

  peer_id peer{};
};

/// Sends small messages back, and large ones when it is told.
caf::behavior answerer(caf::stateful_actor<answerer_state>* self,
                       lanes_actor lanes, lane_setup setup) {
  return {
    [=](const peer_event& x) {
      if (x.what == peer_event::kind::joined)
        self->state.peer = x.peer;
    },
    [=](lanes_delivery& x) {
      self->send(lanes, lanes_outgoing{x.peer, {}, 0, std::move(x.messages)});
    },
    [](const lanes_returned&) {
      // The other side misses it.
    },
    [=](atom::request) {
      auto bytes =
        std::make_shared<std::vector<char>>(make_stream_payload(setup.size));
      lanes_outgoing all;
      all.peer = self->state.peer;
      all.via = lane::bulk;
      for (std::size_t i = 0; i < setup.count; ++i)
        all.messages.emplace_back(
          buffer::borrow(bytes->data(), bytes->size(), [bytes] {}));
      self->send(lanes, std::move(all));
    },
  };
}

template <class Actor>
void attach(const lanes_actor& lanes, const Actor& owner) {
  caf::anon_send(lanes, atom::attach_v,
                 caf::actor_cast<lanes_owner_actor>(owner));
}

/// Arguments: an endpoint per lane, and the setup.
void serve(const std::vector<std::string>& arguments, line_stream& orders) {
  auto setup = to_lane_setup(arguments, all_lanes.size());
  actor_host host{socket_context::make(2)};
  auto spec = make_lanes(setup);
  spec.connect.emplace();
  for (auto via : all_lanes)
    (*spec.connect)[via] = arguments.at(static_cast<std::size_t>(via));
  auto lanes = open(host, std::move(spec)).handle;
  auto owner = host.system().spawn(answerer, lanes, setup);
  attach(lanes, owner);
  while (orders.read())
    caf::anon_send(owner, atom::request_v);
  caf::anon_send_exit(owner, caf::exit_reason::user_shutdown);
}

} // namespace

struct lanes_interference::impl {
  explicit impl(const lane_setup& setup)
    : setup(setup), host(socket_context::make(2)), self(host.system()) {
    auto spec = make_lanes(setup);
    spec.bind.emplace();
    for (auto via : all_lanes)
      (*spec.bind)[via] = make_endpoint(setup.transport);
    auto opened = open(host, std::move(spec));
    owner = host.system().spawn(asker, opened.handle, times);
    attach(opened.handle, owner);
    auto arguments = to_words(setup);
    arguments.insert(arguments.begin(), opened.endpoints.values.begin(),
                     opened.endpoints.values.end());
    other.emplace(partner::in_process("lanes-peer", std::move(arguments)));
    self->request(owner, patience, atom::attach_v)
      .receive([] {},
               [](const caf::error& err) {
                 throw std::runtime_error(describe(err));
               });
  }

  ~impl() {
    caf::anon_send_exit(owner, caf::exit_reason::user_shutdown);
  }

  std::vector<double> ask(std::size_t count, std::size_t bulk_bytes) {
    self
      ->request(owner, patience, std::uint64_t{count},
                std::uint64_t{bulk_bytes})
      .receive([] {},
               [](const caf::error& err) {
                 throw std::runtime_error(describe(err));
               });
    return *times;
  }

  lane_setup setup;
  actor_host host;
  caf::scoped_actor self;
  std::shared_ptr<std::vector<double>> times =
    std::make_shared<std::vector<double>>();
  caf::actor owner;
  std::optional<partner> other;
};

lanes_interference::lanes_interference(const lane_setup& setup)
  : pimpl_(std::make_unique<impl>(setup)) {
  // nop
}

lanes_interference::~lanes_interference() {
  // nop
}

measurement lanes_interference::run() {
  auto& x = *pimpl_;
  auto idle = x.ask(idle_round_trips, 0);
  stopwatch watch;
  x.other->tell("go");
  auto loaded = x.ask(1, x.setup.count * x.setup.size);
  return to_interference(idle, loaded, watch.seconds());
}

role lanes_peer_role() {
  return {"lanes-peer", serve};
}

} // namespace troupe::perf
