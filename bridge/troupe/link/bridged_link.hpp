// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/copy_policy.hpp"
#include "troupe/link/arena_pool.hpp"
#include "troupe/link/chunk_assembler.hpp"
#include "troupe/link/credit_window.hpp"
#include "troupe/link/handled_ledger.hpp"
#include "troupe/link/link_reader.hpp"
#include "troupe/link/link_writer.hpp"
#include "troupe/socket/held_messages.hpp"
#include "troupe/socket_spec.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace troupe {

/// Whether sockets of this type send and receive, so that they can grant
/// credit.
bool answers(socket_type type) noexcept;

/// Where a link sends its wire messages: a socket.
class link_port {
public:
  virtual send_result transmit(const wire_message& x) = 0;

protected:
  ~link_port() = default;
};

/// What stands between the messages of a socket actor and its ZeroMQ socket if
/// the peers are bridges, too: packs and unpacks, sends large frames in chunks,
/// and keeps to the credit that each peer grants. Knows neither actors, sockets
/// nor clocks.
class bridged_link {
public:
  /// A message that has to go back to the owner.
  struct lost_message {
    ec reason{};
    multipart message;
  };

  /// @param pump is woken when owners have handled enough.
  bridged_link(const socket_spec& spec, copy_policy policy,
               std::shared_ptr<wakeup> pump);

  bridged_link(const bridged_link&) = delete;
  bridged_link& operator=(const bridged_link&) = delete;

  // -- sending ----------------------------------------------------------------

  /// Takes `message`, unless the peer has no credit or ZeroMQ no room. What is
  /// full goes to `port` at once, the rest with the next `flush`.
  send_result add(multipart& message, link_port& port);

  /// Takes the messages of `x`, except for those that the peer has no credit
  /// for, or ZeroMQ no room: they stay in `x`.
  /// @pre the socket has one peer, and `x` the layout that `bundles` tells.
  send_result add(message_bundle& x, link_port& port);

  /// How small messages may be bundled before they get here, if at all.
  std::optional<bundle_rules> bundles() const noexcept;

  /// Sends what is left of all messages, and all grants that are due.
  void flush(link_port& port);

  /// Whether nothing waits here.
  bool idle() const noexcept {
    return dirty_.empty();
  }

  /// Takes messages that were added and can never be sent.
  std::vector<lost_message> take_lost() {
    return std::exchange(lost_, {});
  }

  /// Takes out all that was added and not sent.
  std::vector<multipart> take_all();

  // -- receiving --------------------------------------------------------------

  /// Unpacks a wire message and appends the messages in it to `into`.
  /// @returns why it was refused, if so.
  std::optional<ec> read(multipart&& wire, std::vector<multipart>& into);

  /// Takes note of a wire message that was too large to be kept: `wire` has its
  /// first frame, and `rest` bytes followed. Else its sender would wait for
  /// ever for the credit that it cost.
  void read_cut(multipart&& wire, std::size_t rest);

  /// Returns a ticket that tells when the owner has handled all messages that
  /// were read so far.
  std::shared_ptr<const void> ticket(std::shared_ptr<const void> other);

  /// Nobody will handle the messages that were read so far.
  void forget_tickets();

  /// Whether `flush` should grant credit.
  bool ready() const noexcept {
    return ledger_->ready();
  }

  // -- connections ------------------------------------------------------------

  /// Whether all peers have to be in this process.
  bool stays_in_process() const noexcept {
    return writing_.shares;
  }

  /// Whether messages wait for the receiver's credit.
  bool knows_credit() const noexcept {
    return credit_;
  }

  /// The one peer of this socket is a new connection. Call `flush` before: what
  /// is only added yet counted against the credit of the old one.
  void restart();

  /// Some peers are gone, nobody knows which: asks those who cost something
  /// with the next `flush`.
  /// @param all asks everybody.
  void probe(bool all);

  std::size_t peers() const noexcept {
    return peers_.size();
  }

private:
  struct peer_state {
    peer_state(bridged_link& parent, const routing_id& id, std::uint32_t epoch);

    link_writer writer;
    credit_window window;
    credit_account account;
    chunk_assembler assembler;
    std::deque<wire_message> stuck; // ZeroMQ had no room for it
    std::optional<ec> gone;
    bool listed = false;
    bool replaced = false; // by a peer that knows nothing of our epoch
  };

  using peer_map = std::unordered_map<routing_id, peer_state>;
  using peer_entry = peer_map::value_type;

  peer_entry& peer(const routing_id& id);

  std::uint32_t next_epoch() noexcept;

  void begin_epoch(peer_state& x) noexcept;

  void list(peer_entry& x);

  /// Takes as many messages as there is credit for.
  void add_some(message_bundle& x, link_port& port);

  void ship(peer_state& x, link_port& port);

  void retry_stuck(peer_state& x, link_port& port);

  void grant_handled();

  std::vector<multipart> unsent(peer_state& x);

  /// Takes note of the count and the grant in a header.
  /// @returns whether it is the current count.
  bool note_header(peer_entry& x, const link_fields& fields);

  /// Unpacks what `view` has, and counts it as unhandled, refused or not.
  /// @returns why it was refused, if so.
  std::optional<ec> unpack(peer_entry& from, link_view& view,
                           std::vector<multipart>& into);

  bool credit_;
  bool addressed_;
  bool may_be_replaced_; // the peer, without a connection that ends
  credit_amount window_;
  link_writer::config writing_;
  link_view::limits reading_;
  chunk_assembler::limits assembling_;
  std::shared_ptr<handled_ledger> ledger_;
  arena_pool pool_;
  chunk_budget budget_;
  std::uint32_t epoch_;
  peer_map peers_;
  peer_entry* last_ = nullptr;     // the one that was looked up last
  std::vector<peer_entry*> dirty_; // something is to be sent
  std::size_t probed_ = 0;         // peers left over after the last probe
  std::vector<handled_messages> unhandled_;
  std::vector<lost_message> lost_;
  link_writer::output out_;
};

} // namespace troupe
