// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/bridge.hpp"
#include "troupe/socket/spin_control.hpp"
#include "troupe/socket/wakeup.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <poll.h>
#include <thread>
#include <vector>

namespace troupe {

/// What a socket actor shows to the pump. All calls come from its thread.
class pumped_socket {
public:
  using time_point = std::chrono::steady_clock::time_point;

  virtual ~pumped_socket();

  /// Adds the descriptors that signal activity.
  virtual void add_descriptors(std::vector<pollfd>& into) const = 0;

  /// Notes that the descriptor of this index signalled, or, with index 0, that
  /// the deadline has passed.
  virtual void signal(std::size_t index) noexcept = 0;

  /// Whether `service` has something to do.
  virtual bool ready() const noexcept = 0;

  /// Receives, sends what waits, and reports what happened, within bounds.
  virtual void service() = 0;

  /// When to go on even without a signal; `time_point::max()` if never.
  virtual time_point deadline() const noexcept = 0;

  /// The latest time at which the socket ends once it is told to close.
  virtual std::chrono::milliseconds linger() const noexcept = 0;

  virtual socket_counters& counters() noexcept = 0;
};

/// A thread that touches sockets, each socket always the same one.
///
///     other actors            pump                          ZeroMQ
///     ------------            ----                          ------
///     send(socket, ...) ----> exec_later: queue, wakeup
///                             run: 1. resume socket actors  ---> send
///                                  2. service sockets       <--- receive
///     owner <---------------- delivery, returned
///                                  3. poll(wakeup, ZMQ_FDs) <--- signals
///
/// It is the execution unit of all socket actors: their handlers run here and
/// use their sockets directly. All other actors stay on CAF's scheduler, but
/// for guests: those that a socket with `handlers_on_pump` wakes up.
class socket_pump : public caf::execution_unit,
                    public std::enable_shared_from_this<socket_pump> {
public:
  /// @param spin_time see `bridge_config`.
  socket_pump(caf::actor_system& sys, std::shared_ptr<socket_context> context,
              std::chrono::microseconds spin_time);

  ~socket_pump() override;

  // -- any thread -------------------------------------------------------------

  /// Runs `job` here if it is a socket actor or a guest, else where it belongs.
  void exec_later(caf::resumable* job) override;

  /// For other threads that wake an actor up: it is a guest then.
  caf::execution_unit& entrance() noexcept {
    return entrance_;
  }

  /// Begins to close all sockets, in bounded time.
  void begin_stop() noexcept;

  /// Closes all sockets, in bounded time, joins the thread and lets go of the
  /// context. Whoever comes second waits for the first.
  void stop();

  /// Whether the thread runs, or did. It does not if the operating system
  /// refused it, or the file that wakes it up.
  bool started() const noexcept {
    return started_;
  }

  /// Whether `stop` was called, so that no more sockets open.
  bool stopping() const noexcept {
    return stopping_.load();
  }

  /// Number of open sockets.
  std::size_t size();

  /// Sums up all sockets, closed ones included.
  socket_counters counters();

  /// How often the thread woke up, or looked around before going on.
  std::uint64_t wakeups() const noexcept {
    return wakeups_.load(std::memory_order_relaxed);
  }

  const std::shared_ptr<wakeup>& bell() const noexcept {
    return bell_;
  }

  // -- the pump's thread ------------------------------------------------------

  /// ZeroMQ's context, or null if the operating system refused one.
  void* context() const noexcept {
    return context_->handle();
  }

  /// Who decides which peers may enter.
  /// @pre the pump does not stop
  socket_context& shared_context() const noexcept {
    return *context_;
  }

  /// Services `socket` from now on, and keeps its actor alive.
  void add(pumped_socket& socket, caf::strong_actor_ptr self);

  void remove(pumped_socket& socket);

  /// Whether actors that wake up from now on run here, as guests.
  void take_guests(bool on) noexcept {
    takes_guests_ = on;
  }

private:
  using time_point = pumped_socket::time_point;

  struct entry {
    pumped_socket* socket;
    caf::strong_actor_ptr self;
    std::size_t first_descriptor = 0;
  };

  /// Runs whatever it is given on the pump.
  class guest_entrance : public caf::execution_unit {
  public:
    explicit guest_entrance(socket_pump& pump)
      : execution_unit(&pump.system()), pump_(pump) {
      // nop
    }

    void exec_later(caf::resumable* job) override;

  private:
    socket_pump& pump_;
  };

  void run();

  /// Queues `job` from another thread.
  /// @returns whether the pump will run it.
  bool push(caf::resumable* job);

  void run_jobs();

  void run_job(caf::resumable* job);

  void service_sockets();

  bool has_work();

  void wait();

  /// Lets other threads run and looks whether something comes, for a moment:
  /// to sleep and to be woken takes longer than many an answer.
  /// @returns whether descriptors are ready.
  bool look_again();

  int timeout_ms();

  void collect_descriptors();

  void note_activity(bool polled);

  void begin_closing();

  void kill_all();

  /// Sends guests home to CAF's scheduler. They may have work for ever.
  void dismiss_guests();

  bool end_if_idle();

  std::shared_ptr<socket_context> context_;
  guest_entrance entrance_{*this};
  const std::chrono::microseconds spin_time_;
  spin_control spinning_;
  std::shared_ptr<wakeup> bell_ = std::make_shared<wakeup>();
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> wakeups_{0};

  std::mutex jobs_mutex_; // guards the next two
  std::vector<caf::resumable*> jobs_;
  bool ended_ = false;

  std::mutex counters_mutex_; // guards the next two, and writes to sockets_
  socket_counters closed_;

  // Only for the pump's thread.
  std::vector<entry> sockets_;
  std::vector<caf::resumable*> own_jobs_;
  std::vector<caf::resumable*> running_;
  std::vector<pollfd> descriptors_;
  bool sockets_changed_ = true;
  bool takes_guests_ = false;
  bool closing_ = false;
  time_point killing_time_ = time_point::max();

  std::mutex stop_mutex_;
  bool started_ = false;
  std::thread thread_;
};

} // namespace troupe
