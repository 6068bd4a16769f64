// SPDX-License-Identifier: BSL-1.0

#include "actor_latency.hpp"

#include "actor_host.hpp"
#include "harness/clock.hpp"
#include "harness/statistics.hpp"

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
  std::vector<double> seconds;
  caf::response_promise done;
};

using asker_pointer = caf::stateful_actor<asker_state>*;

void ask(asker_pointer self, socket_actor socket) {
  auto fail = [=](caf::error err) { self->state.done.deliver(std::move(err)); };
  stopwatch watch;
  self->request(socket, patience, atom::request_v, self->state.make_request())
    .then(
      [=](const multipart& answer) {
        auto& state = self->state;
        state.seconds.push_back(watch.seconds());
        auto last = state.seconds.size() == state.count;
        if (!state.right(answer)
            || (last && !is_stream_payload(answer.frames.front().text())))
          fail(make_error(ec::unexpected_message,
                          "the actor path changed an answer"));
        else if (last)
          state.done.deliver(median(state.seconds) * 1e6,
                             quantile(state.seconds, 0.99) * 1e6);
        else
          ask(self, socket);
      },
      fail);
}

/// Answers (count, size) with the median and the 99th percentile of so many
/// round trips in microseconds.
caf::behavior asker(asker_pointer self, socket_actor socket) {
  return {
    [=](std::uint64_t count, std::uint64_t size) {
      auto& state = self->state;
      state.payload = make_stream_payload(size);
      state.count = count;
      state.seconds.clear();
      state.seconds.reserve(count);
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
  auto actor = host.system().spawn(replier, socket);
  caf::anon_send(socket, atom::attach_v,
                 caf::actor_cast<socket_owner_actor>(actor));
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

struct actor_latency::impl {
  explicit impl(const stream_setup& setup) : self(host.system()) {
    auto spec = make_spec(socket_type::req, setup);
    spec.bind.push_back(make_endpoint(setup.transport));
    auto socket = host.open(std::move(spec));
    actor = host.system().spawn(asker, socket.handle);
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
  measurement result;
  pimpl_->self
    ->request(pimpl_->actor, patience, std::uint64_t{job.count},
              std::uint64_t{job.size})
    .receive(
      [&](double median_us, double p99_us) {
        result = {{"median_us", median_us}, {"p99_us", p99_us}};
      },
      [](caf::error& err) { throw std::runtime_error(describe(err)); });
  return result;
}

role actor_reply_role() {
  return {"actor-reply", reply_process};
}

} // namespace troupe::perf
