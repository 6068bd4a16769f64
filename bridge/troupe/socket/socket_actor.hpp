// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/bridge.hpp"
#include "troupe/link/bridged_link.hpp"
#include "troupe/refusal_log.hpp"
#include "troupe/security/peer_guard.hpp"
#include "troupe/socket/delivery_flow.hpp"
#include "troupe/socket/held_messages.hpp"
#include "troupe/socket/inbox.hpp"
#include "troupe/socket/intake_watch.hpp"
#include "troupe/socket/last_words.hpp"
#include "troupe/socket/notices.hpp"
#include "troupe/socket/open_requests.hpp"
#include "troupe/socket/socket_monitor.hpp"
#include "troupe/socket/socket_pump.hpp"
#include "troupe/socket/zmq_socket.hpp"

#include <caf/typed_event_based_actor.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace troupe {

/// Returns why `message` must not be sent, if so.
std::optional<ec> violation(const multipart& message, const socket_spec& spec);

/// A socket before it is open. Only the bridge sees this interface.
using closed_socket_actor = socket_actor::extend<
  // Opens the socket, or ends with the error.
  caf::replies_to<atom::open>::with<open_socket>>;

/// The socket actor. It runs on the pump's thread, always.
class socket_actor_impl final : public closed_socket_actor::base,
                                public pumped_socket,
                                private link_port {
public:
  using super = closed_socket_actor::base;

  socket_actor_impl(caf::actor_config& cfg, std::shared_ptr<socket_pump> pump,
                    socket_spec spec);

  // -- overridden functions of CAF's classes ----------------------------------

  void enqueue(caf::mailbox_element_ptr message,
               caf::execution_unit* host) override;

  void enqueue(caf::strong_actor_ptr sender, caf::message_id id,
               caf::message content, caf::execution_unit* host) override;

  const char* name() const override;

  subtype_t subtype() const override;

  bool cleanup(caf::error&& reason, caf::execution_unit* host) override;

  resume_result resume(caf::execution_unit* host, std::size_t max) override;

  caf::invoke_message_result consume(caf::mailbox_element& message) override;

  // -- overridden functions of pumped_socket ----------------------------------

  void add_descriptors(std::vector<pollfd>& into) const override;

  void signal(std::size_t index) noexcept override;

  bool ready() const noexcept override;

  void service() override;

  time_point deadline() const noexcept override;

  std::chrono::milliseconds linger() const noexcept override;

  socket_counters& counters() noexcept override;

protected:
  behavior_type make_behavior() override;

private:
  // -- handlers ---------------------------------------------------------------

  caf::result<open_socket> open();

  void attach_owner(socket_owner_actor owner);

  void let_go_of_owner();

  /// Closes when the actor ends that the spec names, or has ended.
  void watch_keeper();

  void send_all(std::vector<multipart>& messages);

  /// Gives the others a chance to add to a stream of messages, for a moment.
  void gather() const;

  /// Sends what took the short way, after a moment in which it may grow.
  void gather_and_send();

  /// Sends what took the short way.
  void send_inbox();

  caf::result<multipart> request(multipart& message);

  caf::result<std::string> bind(const std::string& where);

  caf::result<std::string> connect(const std::string& where);

  caf::error unbind(const std::string& where);

  caf::error disconnect(const std::string& where);

  /// Takes note that we ended an endpoint, and with it its connections.
  void forget_endpoint(const std::string& where);

  caf::error subscribe(const std::string& prefix, bool on);

  void close();

  // -- work -------------------------------------------------------------------

  caf::error open_socket_and_monitor();

  /// Has the ipc connections last until the peers have read all that was sent.
  void keep_until_read(time_point limit);

  caf::error open_endpoints(std::vector<std::string>& bound);

  /// Sends, holds or returns `message`.
  void send_one(multipart& message);

  /// The same for all messages in `x`.
  void send_one(message_bundle& x);

  /// Hands `message` to ZeroMQ, unless it has to wait for a connection.
  send_result try_send(multipart& message);

  send_result try_send(message_bundle& x);

  /// Whether a message for `peer` has to wait for a connection, or has nobody
  /// to go to.
  send_result may_send(const routing_id& peer);

  void hold(multipart& message);

  /// Notes that something waits for `peer`.
  void note_held(const routing_id& peer);

  /// Whether a message is a request that nobody waits for any more.
  bool expired(const multipart& message) const;

  void arm_retry();

  void retry();

  void give_back(ec reason, multipart& message);

  /// Tells the owner that messages to `peer` wait, or come back since those of
  /// other peers leave no room to wait.
  void report_full(const routing_id& peer, bool turned_away = false);

  /// Tells that this is no longer so.
  void report_drained();

  /// Whether anybody waits for input.
  bool wanted() const noexcept;

  bool reading();

  void read();

  /// Most messages that may lie unread now.
  std::uint64_t most_unread() const noexcept;

  /// A peer that went may have sent something before. As long as that is to be
  /// read, it takes no messages, and is not gone.
  send_result unless_unread(send_result x);

  /// Takes note of a message that ZeroMQ brought and nobody may have.
  void note_dropped(multipart& message);

  /// Sorts out what is no message for the owner. An event does not overtake
  /// `batch`, the messages before it.
  /// @returns whether `message` is one.
  bool accept(multipart& message, std::vector<multipart>& batch);

  /// Sends an event, if there is one, to the owner, if there is one.
  void tell(std::optional<socket_event> event);

  /// Tells the owner, now or later, that a message was refused.
  void note_refusal(const routing_id& peer, ec reason,
                    const std::function<std::string()>& explain);

  /// Tells how many more were, if it is time to.
  void report_refusals();

  /// Gives messages to the owner, or keeps them until there is one.
  void deliver(std::vector<multipart> messages);

  /// Whether more may be kept until there is an owner.
  bool has_room() const noexcept;

  /// Keeps messages until there is an owner, and drops those that are too many.
  void keep(std::vector<multipart> messages);

  /// Gives credit back for what is kept while somebody waits for an answer.
  void spare_credit();

  /// Takes note of what became of connections.
  void note_events();

  /// Tells the owner, after all that peers sent before they went.
  void report_events();

  bool done() const noexcept;

  /// Whether messages name their peer.
  bool addressed() const noexcept {
    return spec_.type == socket_type::router
           || spec_.type == socket_type::stream;
  }

  // -- security (socket_security.cpp) -----------------------------------------

  /// Sets keys, before the first endpoint.
  caf::error secure();

  /// Whether the socket has to know how its handshakes end.
  bool watches_handshakes() const noexcept;

  /// Learns about an endpoint before it is bound or connected.
  void note_endpoint(const endpoint& where);

  /// Whether the sender of `message` may, now.
  bool admit(multipart& message);

  /// Notices keys that were removed.
  void review_keys();

  /// Whether a message to `peer` may leave, now.
  bool cleared(const routing_id& peer);

  /// Why the connection to `peer` is no more.
  ec why_gone(const routing_id& peer);

  /// Counts refusals. Gives back what waits for a server that refused us.
  void note_refusals();

  /// Notes for `intake_` that a message came.
  void note_intake(const multipart& message, receive_result result);

  /// Finds connections with messages that never end. `drained`: nothing more is
  /// to be received now.
  void watch_intake(bool drained);

  /// Learns which connections there are.
  void note_connections();

  /// Tells the owner what it asked to know, or has to.
  void report_event(socket_event event);

  // -- bridged peers (socket_links.cpp) ---------------------------------------

  send_result transmit(const wire_message& x) override;

  /// Sends what the last activation left in the link.
  void flush_link();

  /// Unpacks a wire message into `batch`.
  void read_link(multipart& wire, std::vector<multipart>& batch);

  /// Takes note of a wire message of which only the first frame is left.
  void note_cut(multipart& wire);

  /// Tells the link what the monitor saw.
  void watch_link();

  /// Why this socket may not have this endpoint, too, if so.
  caf::error check_more(const endpoint& where) const;

  /// Some peer left, nobody knows which.
  void suspect_peers();

  /// Finds peers that left.
  void probe_peers();

  // -- requests (socket_requests.cpp) -----------------------------------------

  /// REQ sockets: queues a message that waits for a reply.
  void ask(open_request request);

  /// REQ sockets: sends the oldest request, if it is its turn.
  void advance_requests();

  /// Gives a reply to whoever asked.
  /// @returns whether `message` was one.
  bool answer(multipart& message);

  void fail(open_request& request, ec reason);

  void fail_all(std::vector<open_request> requests, ec reason);

  std::shared_ptr<socket_pump> pump_;
  socket_spec spec_;
  copy_policy policy_;
  zmq_socket socket_;
  std::unique_ptr<socket_monitor> monitor_;
  std::unique_ptr<intake_watch> intake_; // null if nobody may come over tcp
  std::unique_ptr<peer_guard> guard_;    // null if peers need no proof
  std::size_t endpoints_ = 0;
  bool refused_ = false;               // by the only server there is
  std::unique_ptr<bridged_link> link_; // null = the peers are raw
  inbox inbox_;
  std::vector<sendable> taken_; // from the inbox
  time_point gathered_{};       // when that was, if the inbox gathers
  bool streaming_ = false;      // what came then was part of a stream
  held_messages held_;
  // Peers that the owner knows to be full, and if messages to them came back.
  std::unordered_map<routing_id, bool> full_;
  std::size_t known_established_ = 0; // connections, to the link
  std::size_t known_ended_ = 0;
  int probes_left_ = 0;
  refusal_log refusals_;
  notices notices_;
  open_requests requests_;
  std::shared_ptr<delivery_flow> flow_;
  socket_owner_actor owner_;
  socket_counters counters_;
  std::size_t usual_batch_ = 1;

  // There may be something to do that no descriptor signals (any more). True at
  // first: ZeroMQ signals only to those who looked and found nothing.
  bool pending_ = true;
  bool events_pending_ = true;
  bool unreported_ = false; // events may be, to the owner
  last_words last_words_;

  // Messages wait here, not in ZeroMQ, until the connection is there.
  bool waits_for_connection_;

  // What came while only askers waited, for the owner to come.
  std::vector<multipart> unclaimed_;
  std::size_t unclaimed_bytes_ = 0;

  bool closing_ = false;
  bool done_ = false; // a `close` that finds nothing left to do is on its way
  caf::error reason_;
  time_point retry_time_ = time_point::max();
  time_point close_time_ = time_point::max();
};

} // namespace troupe
