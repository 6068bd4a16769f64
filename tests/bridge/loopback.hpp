// SPDX-License-Identifier: BSL-1.0

#pragma once

#include "support/wait_until.hpp"
#include <troupe/bridge.hpp>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scoped_actor.hpp>

#include <boost/test/unit_test.hpp>

#include <deque>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::test {

/// Makes a message of copied texts.
multipart message(std::vector<std::string> texts);

/// Makes a message to `peer`.
multipart message(routing_id peer, std::vector<std::string> texts);

/// Returns the frames of `x` as texts.
std::vector<std::string> texts(const multipart& x);

/// Stands in for an actor that owns sockets. Whatever it waits for, it waits
/// at most `patience` and fails the test then.
class owner {
public:
  explicit owner(caf::actor_system& sys) : self_(sys, true) {
    // nop
  }

  socket_owner_actor handle() const;

  void attach(const socket_actor& socket) {
    self_->send(socket, atom::attach_v, handle());
  }

  /// Monitors `socket`.
  void watch(const socket_actor& socket) {
    self_->monitor(socket);
  }

  /// Sends one message to `socket`.
  void send(const socket_actor& socket, multipart message);

  /// Sends a batch to `socket`.
  void send(const socket_actor& socket, std::vector<multipart> messages);

  /// Waits for the next message of any delivery.
  multipart take();

  /// Waits for the next delivery as it came.
  delivery take_delivery();

  /// Waits for the next message that came back.
  returned take_returned();

  /// Waits for the next event but retries, which come as often as they like.
  socket_event take_event();

  /// Whether an event of this kind is there and was not taken.
  bool has_event(socket_event::kind what);

  /// Waits for the next failed attempt to connect.
  socket_event take_retry();

  /// Waits for the end of a socket, and returns its reason.
  caf::error take_down();

  /// Returns the socket that the last delivery came from.
  const caf::strong_actor_ptr& last_sender() const {
    return last_sender_;
  }

  socket_counters counters(const socket_actor& socket);

  /// Whether any delivery waits in the mailbox. Takes none.
  bool has_mail() {
    return self_.ptr()->has_next_message();
  }

private:
  using time_point = std::chrono::steady_clock::time_point;

  /// Waits for one more message of any kind.
  void receive_one(time_point limit);

  template <class Queue>
  auto pop(Queue& queue);

  caf::scoped_actor self_;
  caf::strong_actor_ptr last_sender_;
  std::deque<multipart> messages_;
  std::deque<delivery> deliveries_;
  std::deque<returned> returned_;
  std::deque<socket_event> events_;
  std::deque<socket_event> retries_;
  std::deque<caf::error> downs_;
};

/// An actor system with a bridge.
class bridge_fixture {
public:
  explicit bridge_fixture(bridge_config cfg = {});

  /// Opens a socket or fails the test. Here and in the next, no word about
  /// security stands for `no_security`.
  open_socket open(socket_spec spec);

  /// Opens a socket, expects that to fail, and returns the error.
  caf::error open_error(socket_spec spec);

  /// Opens a ROUTER that is bound to `where`.
  open_socket open_router(std::string where = "tcp://127.0.0.1:*");

  /// Opens a DEALER that is connected to `where`.
  open_socket open_dealer(std::string where);

  /// Counters of the whole bridge.
  socket_counters totals();

private:
  static caf::actor_system_config& init(caf::actor_system_config& cfg);

  caf::actor_system_config cfg_;

public:
  caf::actor_system sys;
  std::unique_ptr<bridge_runtime> bridge;
};

/// Keeps the pump of a bridge with one pump busy while it lives, and for at
/// most `patience`. ZeroMQ's own threads go on.
class busy_pump {
public:
  explicit busy_pump(bridge_fixture& where);

  ~busy_pump();

  busy_pump(const busy_pump&) = delete;

  busy_pump& operator=(const busy_pump&) = delete;

private:
  std::promise<void> end_;
};

/// A plain ZeroMQ socket with a context of its own: what a program without our
/// library would use. Its calls give up after `patience`.
class plain_peer {
public:
  /// `type` is ZMQ_DEALER and so on.
  explicit plain_peer(int type);

  /// A socket of somebody else's `context`, for inproc.
  plain_peer(int type, void* context);

  ~plain_peer();

  plain_peer(const plain_peer&) = delete;

  plain_peer& operator=(const plain_peer&) = delete;

  void set(int option, int value);

  void set(int option, std::string_view value);

  std::string bind(const std::string& where);

  void connect(const std::string& where);

  /// Waits until somebody shook hands. Call `watch` before `bind`.
  void take_handshake();

  void watch();

  /// Sends all frames. @returns `false` if that took too long.
  bool send(const std::vector<std::string>& frames);

  /// Sends a frame of a message that goes on.
  bool send_part(std::string_view frame);

  /// Receives a message, or nothing after too long.
  std::vector<std::string> receive();

  /// Receives a message if there is one right now.
  std::optional<std::vector<std::string>> try_receive();

private:
  std::optional<std::vector<std::string>> receive_with(int flags);

  bool owns_context_;
  void* context_;
  void* socket_;
  std::unique_ptr<plain_peer> monitor_;
};

/// A stream socket of the operating system without any ZeroMQ. Its calls give
/// up after `patience`.
class raw_peer {
public:
  /// Connects to a tcp or ipc endpoint.
  explicit raw_peer(const std::string& where);

  /// Listens on a tcp port of its own and accepts one connection at the first
  /// call of `read` or `write`.
  raw_peer();

  ~raw_peer();

  raw_peer(const raw_peer&) = delete;

  raw_peer& operator=(const raw_peer&) = delete;

  const std::string& endpoint() const noexcept {
    return endpoint_;
  }

  /// Writes until all is written or the other side hangs up.
  void write(std::string_view bytes);

  /// Returns what there is, at most 64 KiB; nothing if the other side hung up
  /// or said nothing.
  std::string read();

private:
  int connection();

  std::string endpoint_;
  int listener_ = -1;
  int fd_ = -1;
};

/// Connects a raw stream to a tcp or ipc endpoint, writes `bytes` into it until
/// all are written or the other side hangs up, and hangs up.
void write_raw(const std::string& endpoint, std::string_view bytes);

} // namespace troupe::test
