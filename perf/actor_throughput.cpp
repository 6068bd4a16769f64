// SPDX-License-Identifier: BSL-1.0

#include "actor_throughput.hpp"

#include "harness/clock.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <thread>

namespace troupe::perf {

namespace {

using namespace std::chrono_literals;

constexpr auto patience = 30s;

/// Messages up to this size are made by copying, larger ones lend their memory
/// to the bridge, as their sender would do.
constexpr std::size_t largest_made = 1024;

// -- the sending actor --------------------------------------------------------

/// Sends the messages of one run as fast as its window allows.
class pusher {
public:
  pusher(caf::scoped_actor& self, socket_actor socket,
         const stream_setup& setup)
    : self_(self), socket_(std::move(socket)), setup_(setup) {
    self_->send(socket_, atom::attach_v,
                caf::actor_cast<socket_owner_actor>(caf::actor{self_}));
  }

  send_report run(const stream_job& job) {
    payload_ = make_stream_payload(job.size);
    borrows_ = job.size > largest_made || !setup_.copy.copies(job.size);
    released_ = 0;
    send_report result;
    result.began = steady_seconds();
    stopwatch watch;
    for (std::size_t sent = 0; sent < job.count; sent += job.batch) {
      listen();
      send(std::min(job.batch, job.count - sent));
    }
    result.seconds = watch.seconds();
    result.borrowed = borrows_ ? job.count : 0;
    while (released_ < result.borrowed && watch.seconds() < 30)
      std::this_thread::sleep_for(100us);
    result.released = released_;
    return result;
  }

private:
  multipart make_message() {
    multipart result;
    if (borrows_)
      result.frames.push_back(buffer::borrow(payload_.data(), payload_.size(),
                                             [this] { ++released_; }));
    else
      result.frames.push_back(
        buffer::copy_of(std::string_view{payload_.data(), payload_.size()}));
    return result;
  }

  void send(std::size_t count) {
    if (count == 1)
      return self_->send(socket_, make_message());
    outgoing out;
    out.messages.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
      out.messages.push_back(make_message());
    self_->send(socket_, std::move(out));
  }

  /// Heeds what the socket says, and waits while it is full.
  void listen() {
    while (full_ || !self_->mailbox().empty())
      self_->receive(
        [this](const socket_event& x) {
          if (x.what == socket_event::kind::full)
            full_ = true;
          else if (x.what == socket_event::kind::drained)
            full_ = false;
        },
        [](const returned& x) {
          throw std::runtime_error(std::string{"a message came back: "}
                                   + to_string(x.reason));
        },
        caf::after(patience) >>
          [] { throw std::runtime_error("the socket stays full"); });
  }

  caf::scoped_actor& self_;
  socket_actor socket_;
  stream_setup setup_;
  std::vector<char> payload_;
  bool borrows_ = false;
  bool full_ = false;

  // Counted by other threads: in a cache line of its own.
  alignas(64) std::atomic<std::size_t> released_{0};
};

/// Arguments: the endpoint, and the setup.
void push(actor_host& host, const std::vector<std::string>& arguments,
          line_stream& orders) {
  auto setup = to_setup(arguments, 1);
  auto spec = make_spec(socket_type::push, setup);
  spec.connect.push_back(arguments.at(0));
  caf::scoped_actor self{host.system()};
  pusher work{self, host.open(std::move(spec)).handle, setup};
  while (auto line = orders.read())
    orders.write(to_line(work.run(to_job(*line))));
}

void push_process(const std::vector<std::string>& arguments,
                  line_stream& orders) {
  actor_host host;
  push(host, arguments, orders);
}

// -- the receiving actor ------------------------------------------------------

/// Counts the messages of a run.
struct counter_state {
  static inline const char* name = "bench.counter";

  /// Takes a delivery. Returns whether the run is complete.
  bool take(const delivery& x) {
    if (taken == 0) {
      watch = stopwatch{};
      first = x.messages.size();
    }
    taken += x.messages.size();
    for (auto& message : x.messages)
      wrong = wrong || message.frames.size() != 1
              || message.frames.front().size() != size;
    if (taken < expected)
      return false;
    seconds = watch.seconds();
    ended = steady_seconds();
    wrong = wrong || taken > expected
            || !is_stream_payload(x.messages.back().frames.front().text());
    return true;
  }

  std::uint64_t expected = 0;
  std::uint64_t size = 0;
  std::uint64_t taken = 0;
  std::uint64_t first = 0;
  bool wrong = false;
  stopwatch watch;
  double seconds = 0;
  double ended = 0;
  caf::response_promise done;
};

/// Answers (count, size) when so many messages came: how long that took after
/// the first delivery, how many messages came after it, and when the last did.
caf::behavior counter(caf::stateful_actor<counter_state>* self) {
  self->set_default_handler(caf::drop);
  return {
    [=](std::uint64_t count, std::uint64_t size) {
      self->state = counter_state{};
      self->state.expected = count;
      self->state.size = size;
      self->state.done = self->make_response_promise();
      return self->state.done;
    },
    [=](const delivery& x) {
      auto& state = self->state;
      if (!state.take(x))
        return;
      if (state.wrong)
        state.done.deliver(make_error(ec::unexpected_message,
                                      "the actor path changed a message"));
      else
        state.done.deliver(state.seconds, state.taken - state.first,
                           state.ended);
    },
  };
}

} // namespace

caf::actor spawn_counter(actor_host& host, const socket_actor& socket) {
  auto actor = host.system().spawn(counter);
  caf::anon_send(socket, atom::attach_v,
                 caf::actor_cast<socket_owner_actor>(actor));
  return actor;
}

receive_report await_messages(caf::scoped_actor& self,
                              const caf::actor& counter, const stream_job& job,
                              const std::function<void()>& start) {
  receive_report result;
  auto pending = self->request(counter, patience, std::uint64_t{job.count},
                               std::uint64_t{job.size});
  start();
  pending.receive(
    [&](double seconds, std::uint64_t counted, double ended) {
      result = {seconds, static_cast<std::size_t>(counted), ended};
    },
    [](caf::error& err) { throw std::runtime_error(describe(err)); });
  return result;
}

send_report send_messages(caf::scoped_actor& self, const socket_actor& socket,
                          const stream_setup& setup, const stream_job& job) {
  return pusher{self, socket, setup}.run(job);
}

struct actor_throughput::impl {
  explicit impl(const stream_setup& setup) : self(host.system()) {
    auto spec = make_spec(socket_type::pull, setup);
    spec.bind.push_back(make_endpoint(setup.transport));
    auto socket = host.open(std::move(spec));
    receiver = spawn_counter(host, socket.handle);
    auto arguments = to_words(setup);
    arguments.insert(arguments.begin(), socket.endpoints.front());
    if (setup.transport == "inproc")
      sender.emplace(partner::in_thread(
        [this](const std::vector<std::string>& words, line_stream& orders) {
          actor_host other{host.context()};
          push(other, words, orders);
        },
        std::move(arguments)));
    else
      sender.emplace(partner::in_process("actor-push", std::move(arguments)));
  }

  ~impl() {
    caf::anon_send_exit(receiver, caf::exit_reason::user_shutdown);
  }

  actor_host host;
  caf::scoped_actor self;
  caf::actor receiver;
  std::optional<partner> sender;
};

actor_throughput::actor_throughput(const stream_setup& setup)
  : pimpl_(std::make_unique<impl>(setup)) {
  // nop
}

actor_throughput::~actor_throughput() {
  // nop
}

measurement actor_throughput::run(const stream_job& job) {
  auto received = await_messages(pimpl_->self, pimpl_->receiver, job,
                                 [&] { pimpl_->sender->tell(to_line(job)); });
  auto sent = to_send_report(pimpl_->sender->hear());
  return to_measurement(job, sent, received);
}

role actor_push_role() {
  return {"actor-push", push_process};
}

} // namespace troupe::perf
