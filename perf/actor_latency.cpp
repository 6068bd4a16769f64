// SPDX-License-Identifier: BSL-1.0

#include "actor_latency.hpp"

#include "harness/clock.hpp"
#include "raw_latency.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>

namespace troupe::perf {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 30s;

/// Messages up to this size are made by copying, larger ones lend their memory.
constexpr std::size_t largest_made = 1024;

// -- the asking actor ---------------------------------------------------------

struct asker_state {
  static inline const char* name = "bench.asker";

  multipart make_request() const {
    std::string_view bytes{payload.data(), payload.size()};
    if (payload.size() > largest_made)
      return multipart{buffer::borrow(bytes.data(), bytes.size(), [] {})};
    return multipart{buffer::copy_of(bytes)};
  }

  bool right(const multipart& answer) const {
    return answer.frames.size() == 1
           && answer.frames.front().size() == payload.size();
  }

  std::vector<char> payload;
  std::size_t count = 0;
  std::shared_ptr<std::vector<double>> times;
  caf::response_promise done;
};

using asker_pointer = caf::stateful_actor<asker_state>*;

void ask(asker_pointer self, socket_actor socket) {
  auto fail = [=](caf::error err) { self->state.done.deliver(std::move(err)); };
  stopwatch watch;
  // The socket has its own limit for the time of a request.
  self
    ->request(socket, caf::infinite, atom::request_v,
              self->state.make_request())
    .then(
      [=](const multipart& answer) {
        auto& state = self->state;
        state.times->push_back(watch.seconds());
        auto last = state.times->size() == state.count;
        if (!state.right(answer)
            || (last && !is_stream_payload(answer.frames.front().text())))
          fail(make_error(ec::unexpected_message,
                          "the actor path changed an answer"));
        else if (last)
          state.done.deliver(caf::unit);
        else
          ask(self, socket);
      },
      fail);
}

caf::behavior asker(asker_pointer self, socket_actor socket,
                    std::shared_ptr<std::vector<double>> times) {
  self->state.times = std::move(times);
  return {
    [=](std::uint64_t count, std::uint64_t size) {
      auto& state = self->state;
      state.payload = make_stream_payload(size);
      state.count = count;
      state.times->clear();
      state.times->reserve(count);
      state.done = self->make_response_promise();
      ask(self, socket);
      return state.done;
    },
  };
}

// -- the answering actor ------------------------------------------------------

/// Sends each request back as it is.
caf::behavior replier(caf::event_based_actor* self, socket_actor socket) {
  self->set_default_handler(caf::drop);
  return {
    [=](delivery& x) {
      for (auto& message : x.messages)
        self->send(socket, std::move(message));
    },
  };
}

/// Arguments: the endpoint, and the setup.
void reply(actor_host& host, const std::vector<std::string>& arguments,
           line_stream& orders) {
  auto spec = make_spec(socket_type::rep, to_setup(arguments, 1));
  spec.connect.push_back(arguments.at(0));
  auto socket = host.open(std::move(spec)).handle;
  auto actor = spawn_replier(host, socket);
  while (orders.read())
    ; // nop
  caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
}

void reply_process(const std::vector<std::string>& arguments,
                   line_stream& orders) {
  actor_host host;
  reply(host, arguments, orders);
}

} // namespace

caf::actor spawn_asker(actor_host& host, const socket_actor& socket,
                       std::shared_ptr<std::vector<double>> times) {
  return host.system().spawn(asker, socket, std::move(times));
}

caf::actor spawn_replier(actor_host& host, const socket_actor& socket) {
  auto actor = host.system().spawn(replier, socket);
  caf::anon_send(socket, atom::attach_v,
                 caf::actor_cast<socket_owner_actor>(actor));
  return actor;
}

void make_round_trips(caf::scoped_actor& self, const caf::actor& asker,
                      const stream_job& job) {
  self
    ->request(asker, patience, std::uint64_t{job.count},
              std::uint64_t{job.size})
    .receive([] {},
             [](caf::error& err) { throw std::runtime_error(describe(err)); });
}

struct actor_latency::impl {
  explicit impl(const stream_setup& setup) : self(host.system()) {
    auto spec = make_spec(socket_type::req, setup);
    spec.bind.push_back(make_endpoint(setup.transport));
    auto socket = host.open(std::move(spec));
    actor = spawn_asker(host, socket.handle, times);
    auto arguments = to_words(setup);
    arguments.insert(arguments.begin(), socket.endpoints.front());
    if (setup.transport == "inproc")
      other.emplace(partner::in_thread(
        [this](const std::vector<std::string>& words, line_stream& orders) {
          actor_host theirs{host.context()};
          reply(theirs, words, orders);
        },
        std::move(arguments)));
    else
      other.emplace(partner::in_process("actor-reply", std::move(arguments)));
  }

  ~impl() {
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  }

  actor_host host;
  caf::scoped_actor self;
  std::shared_ptr<std::vector<double>> times =
    std::make_shared<std::vector<double>>();
  caf::actor actor;
  std::optional<partner> other;
};

actor_latency::actor_latency(const stream_setup& setup)
  : pimpl_(std::make_unique<impl>(setup)) {
  // nop
}

actor_latency::~actor_latency() {
  // nop
}

measurement actor_latency::run(const stream_job& job) {
  make_round_trips(pimpl_->self, pimpl_->actor, job);
  return to_latency(*pimpl_->times);
}

role actor_reply_role() {
  return {"actor-reply", reply_process};
}

} // namespace troupe::perf
