// SPDX-License-Identifier: BSL-1.0

// The part of the socket actor that talks to bridged peers.

#include "troupe/link/shared_frames.hpp"
#include "troupe/socket/counting.hpp"
#include "troupe/socket/socket_actor.hpp"

#include <utility>

namespace troupe {

namespace {

/// ZeroMQ forgets a peer some time after its connection ended.
constexpr auto probes_per_end = 3;

} // namespace

send_result socket_actor_impl::transmit(const wire_message& x) {
  if (!cleared(x.frames.peer))
    return send_result::peer_gone;
  socket_counters sum;
  auto policy = x.frames_shared != 0 ? copy_policy::never() : policy_;
  auto result = unless_unread(socket_.send(x.frames, policy, sum));
  if (result != send_result::sent)
    return result;
  // The first frame is ours; what counts is what was copied into it.
  auto head = x.frames.frames.front().size();
  auto copied = policy.copies(head);
  (copied ? sum.frames_copied : sum.frames_lent) -= 1;
  (copied ? sum.bytes_copied : sum.bytes_lent) -= head;
  if (x.frames_shared != 0) {
    sum.frames_lent += x.frames_shared - 1;
    sum.bytes_lent += x.bytes_shared - shared_frames::size;
  }
  count(counters_.messages_sent, x.messages);
  count(counters_.frames_copied, sum.frames_copied + x.frames_copied);
  count(counters_.bytes_copied, sum.bytes_copied + x.bytes_copied);
  count(counters_.frames_lent, sum.frames_lent);
  count(counters_.bytes_lent, sum.bytes_lent);
  return result;
}

void socket_actor_impl::flush_link() {
  if (!link_ || !socket_)
    return;
  link_->flush(*this);
  for (auto& x : link_->take_lost())
    give_back(x.reason == ec::peer_gone ? why_gone(x.message.peer) : x.reason,
              x.message);
  if (!link_->idle())
    arm_retry();
}

void socket_actor_impl::read_link(multipart& wire,
                                  std::vector<multipart>& batch) {
  auto peer = wire.peer;
  auto reason = link_->read(std::move(wire), batch);
  if (!reason)
    return;
  count(counters_.dropped);
  note_refusal(peer, *reason, [&] {
    return "a message that bridges do not send was dropped ("
           + to_string(*reason)
           + "): the peer's socket has to say peers = bridged, too, with "
             "limits that are not larger than here";
  });
}

void socket_actor_impl::note_cut(multipart& wire) {
  if (link_ && !wire.frames.empty() && admit(wire))
    link_->read_cut(std::move(wire), socket_.cut_bytes());
}

void socket_actor_impl::watch_link() {
  if (std::exchange(known_established_, monitor_->established())
      == monitor_->established())
    return;
  flush_link(); // what was added counts against the old credit
  link_->restart();
}

void socket_actor_impl::suspect_peers() {
  if (spec_.type != socket_type::router)
    return;
  probes_left_ = probes_per_end;
  arm_retry();
}

void socket_actor_impl::probe_peers() {
  // Nobody tells of the end of an inproc connection.
  auto waits = link_ && link_->stays_in_process() && !held_.empty();
  if (probes_left_ == 0 && !waits)
    return;
  link_->probe(false);
  if (probes_left_ > 0 && --probes_left_ > 0)
    arm_retry();
}

caf::error socket_actor_impl::check_more(const endpoint& where) const {
  if (link_ && link_->stays_in_process()
      && where.via != endpoint::transport::inproc)
    return make_error(ec::bad_config,
                      "this socket has bridged peers and was opened for inproc "
                      "alone: open it with an endpoint of the other kind, too");
  if (!link_ || !link_->knows_credit() || spec_.type == socket_type::router)
    return caf::none;
  return make_error(ec::bad_config,
                    "this socket has bridged peers, so it keeps the one "
                    "endpoint that it was opened with");
}

} // namespace troupe
