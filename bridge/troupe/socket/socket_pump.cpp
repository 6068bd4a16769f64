// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/socket_pump.hpp"

#include "troupe/error.hpp"
#include "troupe/socket/counting.hpp"
#include "troupe/socket/farewells.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <csignal>
#include <pthread.h>
#include <system_error>
#include <utility>

namespace troupe {

namespace {

using namespace std::chrono_literals;

/// Messages that a socket actor handles before the others get their turn.
constexpr auto max_throughput = std::size_t{128};

/// Rounds of jobs before the descriptors get their turn.
constexpr auto max_rounds = 4;

/// Time that a closing socket gets on top of its linger time.
constexpr auto grace = 2s;

/// The pump that this thread runs, if any.
thread_local const socket_pump* running_pump = nullptr;

/// Signals are for the threads of the application.
void prepare_thread() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  pthread_setname_np(pthread_self(), "troupe.pump");
}

/// Ends an actor that found its pump gone: its requests bounce, its handlers
/// never run.
void abandon(caf::resumable* job) {
  auto self = static_cast<caf::scheduled_actor*>(job);
  self->cleanup(make_error(ec::closed, "the bridge is closed"), nullptr);
  intrusive_ptr_release(job);
}

} // namespace

pumped_socket::~pumped_socket() {
  // nop
}

socket_pump::socket_pump(caf::actor_system& sys,
                         std::shared_ptr<socket_context> context,
                         std::chrono::microseconds spin_time)
  : execution_unit(&sys), context_(std::move(context)), spin_time_(spin_time) {
  try {
    if (bell_->fd() >= 0) {
      thread_ = std::thread{[this] { run(); }};
      started_ = true;
    }
  } catch (const std::system_error&) {
    // Whoever wants to open a socket learns of it.
  }
  if (!started_)
    ended_ = true;
}

socket_pump::~socket_pump() {
  stop();
}

// -- any thread ---------------------------------------------------------------

void socket_pump::exec_later(caf::resumable* job) {
  auto here = running_pump == this;
  if (job->subtype() != caf::resumable::io_actor && !(here && takes_guests_)) {
    system().scheduler().enqueue(job);
    return;
  }
  if (here)
    own_jobs_.push_back(job);
  else if (!push(job))
    abandon(job);
}

void socket_pump::guest_entrance::exec_later(caf::resumable* job) {
  if (running_pump == &pump_)
    pump_.own_jobs_.push_back(job);
  else if (!pump_.push(job))
    system().scheduler().enqueue(job);
}

bool socket_pump::push(caf::resumable* job) {
  {
    std::unique_lock guard{jobs_mutex_};
    if (ended_)
      return false;
    jobs_.push_back(job);
  }
  bell_->fire();
  return true;
}

void socket_pump::begin_stop() noexcept {
  stopping_ = true;
  bell_->fire();
}

void socket_pump::stop() {
  std::unique_lock guard{stop_mutex_};
  begin_stop();
  if (thread_.joinable())
    thread_.join();
  context_.reset();
}

std::size_t socket_pump::size() {
  std::unique_lock guard{counters_mutex_};
  return sockets_.size();
}

socket_counters socket_pump::counters() {
  std::unique_lock guard{counters_mutex_};
  auto sum = closed_;
  for (auto& x : sockets_)
    add_counters(sum, x.socket->counters());
  return sum;
}

// -- the pump's thread --------------------------------------------------------

void socket_pump::add(pumped_socket& socket, caf::strong_actor_ptr self) {
  std::unique_lock guard{counters_mutex_};
  sockets_.push_back({&socket, std::move(self), 0});
  sockets_changed_ = true;
}

void socket_pump::remove(pumped_socket& socket) {
  caf::strong_actor_ptr self; // released after the lock
  std::unique_lock guard{counters_mutex_};
  auto i = std::find_if(sockets_.begin(), sockets_.end(),
                        [&](const entry& x) { return x.socket == &socket; });
  if (i == sockets_.end())
    return;
  set_gauge(socket.counters().held, 0);
  add_counters(closed_, socket.counters());
  self = std::move(i->self);
  sockets_.erase(i);
  sockets_changed_ = true;
  guard.unlock();
}

void socket_pump::run() {
  running_pump = this;
  prepare_thread();
  for (;;) {
    // What sockets wake up here leads to more jobs, and those to more messages:
    // go on without a look at the descriptors, a few times.
    for (auto round = 0; round < max_rounds; ++round) {
      run_jobs();
      service_sockets();
      if (own_jobs_.empty())
        break;
    }
    if (context_->parting().pending())
      context_->parting().review(std::chrono::steady_clock::now());
    if (stopping_ && !closing_)
      begin_closing();
    if (closing_ && end_if_idle())
      return;
    wait();
  }
}

void socket_pump::run_jobs() {
  running_.swap(own_jobs_);
  {
    std::unique_lock guard{jobs_mutex_};
    running_.insert(running_.end(), jobs_.begin(), jobs_.end());
    jobs_.clear();
  }
  for (auto job : running_)
    run_job(job);
  running_.clear();
}

void socket_pump::run_job(caf::resumable* job) {
  switch (job->resume(this, max_throughput)) {
    case caf::resumable::resume_later:
      own_jobs_.push_back(job);
      break;
    case caf::resumable::shutdown_execution_unit:
      break; // nobody sends that here
    default:
      intrusive_ptr_release(job);
  }
}

void socket_pump::service_sockets() {
  // Nothing here adds or removes sockets: actors do that in `run_jobs`.
  for (auto& x : sockets_) {
    if (!x.socket->ready())
      continue;
    try {
      x.socket->service();
    } catch (...) {
      // Out of memory, in all likelihood. The others may be better off.
      caf::anon_send_exit(caf::actor_cast<caf::actor>(x.self),
                          caf::exit_reason::kill);
    }
  }
}

// -- shutdown -----------------------------------------------------------------

void socket_pump::begin_closing() {
  closing_ = true;
  auto linger = 0ms;
  for (auto& x : sockets_) {
    // Behind what was sent to the socket before, so that it still leaves.
    caf::anon_send(caf::actor_cast<socket_actor>(x.self), atom::close_v);
    linger = std::max(linger, x.socket->linger());
  }
  killing_time_ = std::chrono::steady_clock::now() + linger + grace;
}

void socket_pump::kill_all() {
  for (auto& x : sockets_)
    caf::anon_send_exit(caf::actor_cast<caf::actor>(x.self),
                        caf::exit_reason::kill);
  killing_time_ = time_point::max();
}

void socket_pump::dismiss_guests() {
  auto first = std::partition(own_jobs_.begin(), own_jobs_.end(), [](auto x) {
    return x->subtype() == caf::resumable::io_actor;
  });
  for (auto i = first; i != own_jobs_.end(); ++i)
    system().scheduler().enqueue(*i);
  own_jobs_.erase(first, own_jobs_.end());
}

bool socket_pump::end_if_idle() {
  if (!sockets_.empty())
    return false;
  dismiss_guests();
  if (!own_jobs_.empty() || context_->parting().pending())
    return false;
  std::unique_lock guard{jobs_mutex_};
  ended_ = jobs_.empty();
  return ended_;
}

} // namespace troupe
