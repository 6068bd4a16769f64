// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/lanes/lane_header.hpp"
#include "troupe/lanes/lane_order.hpp"
#include "troupe/lanes/lanes_messages.hpp"

#include <chrono>
#include <cstddef>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace troupe {

/// What lanes do about messages, for both sides.
struct lanes_limits {
  /// Messages from this size on, in bytes, take the bulk lane unless told
  /// otherwise.
  std::size_t bulk_size = std::size_t{64} << 10;

  /// What may wait to keep the order of conversations, per peer. Beyond, it
  /// comes back with `ec::peer_full`.
  std::size_t max_waiting_messages = 65536;
  std::size_t max_waiting_bytes = std::size_t{1} << 30;
};

/// What shall happen now.
struct lanes_output {
  /// To the sockets, before anything else.
  per_lane<std::vector<multipart>> messages;

  /// To the owner, in this order.
  std::vector<std::variant<peer_event, lanes_delivery, lanes_returned>> news;

  /// Connecting side: close the connections, or open new ones.
  bool close = false;
  bool open = false;
};

/// The logic of one process's lanes: takes what happens on three sockets and
/// says what to do about it. Knows neither actors nor sockets nor clocks. The
/// two sides differ in how links come and go.
class lanes_core {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit lanes_core(lanes_limits limits) noexcept : limits_(limits) {
    // nop
  }

  virtual ~lanes_core();

  // -- events -----------------------------------------------------------------

  /// Sends messages of the owner.
  void send(lanes_outgoing& x);

  /// Takes what a lane's socket delivered.
  void receive(lane via, delivery& batch, time_point now);

  /// Takes back what a lane's socket could not send.
  void give_back(lane via, returned& x, time_point now);

  /// Takes back what a socket could not send that is closed since.
  void give_back_past(peer_id peer, lane via, returned& x);

  /// Whether an event is about messages that a lane's socket refused, and not
  /// about a connection.
  static bool refuses_messages(const socket_event& x) noexcept {
    return x.what == socket_event::kind::refused && x.value > 0;
  }

  /// Learns that a connection of a lane came or went, or what was refused.
  virtual void note(lane via, const socket_event& x, time_point now) = 0;

  /// Does what is due. Call it at `deadline`.
  void tick(time_point now);

  /// Forgets a peer, at the owner's wish.
  virtual void drop(peer_id peer, time_point now) = 0;

  /// Gives back what waits and says goodbye to all peers.
  void close();

  // -- results ----------------------------------------------------------------

  /// When to call `tick`; `time_point::max()` if never.
  time_point deadline() const;

  /// Takes what shall happen.
  lanes_output take() {
    return std::exchange(output_, {});
  }

  const lanes_counters& counters() const noexcept {
    return counters_;
  }

protected:
  // -- what the two sides implement -------------------------------------------

  /// Returns where to send messages for `peer`, or null if it has not joined.
  virtual const routing_id* connection_to(peer_id peer, lane via) const = 0;

  /// Returns who joined on this connection, or 0; with `past`, who did before.
  virtual peer_id peer_of(lane via, const routing_id& connection,
                          bool past) const = 0;

  /// Takes a message about the link itself.
  virtual void handle(lane via, const multipart& message,
                      const lane_header& header, time_point now) = 0;

  /// Notes that a message came from a connection that has not joined.
  virtual void meet_stranger(lane via, const multipart& message,
                             time_point now) = 0;

  /// Notes that a message makes no sense, whoever sent it.
  virtual void misbehaved(lane via, const multipart& message, ec reason,
                          const std::string& text, time_point now) = 0;

  /// Notes that a connection does not exist any more, or is not read.
  virtual void lost(lane via, const routing_id& connection, ec reason,
                    const std::string& text, time_point now) = 0;

  virtual void say_goodbye() = 0;

  /// Like `tick` and `deadline`.
  virtual void tick_link(time_point now) = 0;
  virtual time_point link_deadline() const = 0;

  // -- what they use ----------------------------------------------------------

  void joined(peer_id peer, identity_ptr user);

  /// Gives back what waits for `peer`, then tells that it left.
  void left(peer_id peer, ec reason, std::string text, identity_ptr user);

  void refused(ec reason, std::string text, identity_ptr user,
               std::uint32_t count = 1);

  void send_header(lane via, const routing_id& to, const lane_header& header);

  lanes_output output_;
  lanes_counters counters_;

private:
  void send_one(peer_id peer, lane_order& order, ordered_message& message);

  void send_now(peer_id peer, lane via, multipart& message);

  void send_steps(peer_id peer);

  void return_one(peer_id peer, lane via, ec reason, multipart& message);

  void take_one(lane via, multipart& message, delivery& batch, time_point now);

  void take_message(lane via, multipart& message, delivery& batch,
                    time_point now);

  void answer_fence(lane via, const multipart& message, std::uint64_t number,
                    time_point now);

  void pass_fence(lane via, const routing_id& connection, std::uint64_t number);

  void keep_for_later(lane via, multipart& message, time_point now);

  lanes_limits limits_;
  std::unordered_map<peer_id, lane_order> orders_;
  std::vector<lane_step> steps_;
  std::unordered_map<peer_id, std::size_t> places_; // in output_.news
  std::vector<std::pair<lane, multipart>> later_;   // fences and the like
  time_point later_time_ = time_point::max();
};

} // namespace troupe
