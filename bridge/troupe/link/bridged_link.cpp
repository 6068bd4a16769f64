// SPDX-License-Identifier: BSL-1.0
#include "troupe/link/bridged_link.hpp"

#include "troupe/link/chunker.hpp"

#include <algorithm>
#include <iterator>
#include <random>
#include <utility>

namespace troupe {

namespace {

template <class Predicate>
bool any_endpoint(const socket_spec& spec, Predicate pred) {
  return std::any_of(spec.bind.begin(), spec.bind.end(), pred)
         || std::any_of(spec.connect.begin(), spec.connect.end(), pred);
}

bool uses_tcp(const socket_spec& spec) {
  return any_endpoint(spec, [](auto& x) { return x.starts_with("tcp:"); });
}

bool is_inproc_only(const socket_spec& spec) {
  return any_endpoint(spec, [](auto&) { return true; })
         && !any_endpoint(spec,
                          [](auto& x) { return !x.starts_with("inproc:"); });
}

/// The chunks of PUSH sockets would go to different peers.
std::size_t chunk_size(const socket_spec& spec) {
  if (!answers(spec.type))
    return 0;
  return spec.chunk_size.value_or(uses_tcp(spec) ? chunker::default_size : 0);
}

link_writer::config link_config(link_writer::config result, std::uint32_t epoch,
                                const routing_id& peer) {
  result.epoch = epoch;
  result.peer = peer;
  return result;
}

} // namespace

bool answers(socket_type type) noexcept {
  using enum socket_type;
  return type == pair || type == dealer || type == router;
}

// -- constructors, destructors, and assignment operators ----------------------

bridged_link::bridged_link(const socket_spec& spec, copy_policy policy,
                           std::shared_ptr<wakeup> pump)
  : credit_(answers(spec.type)),
    addressed_(spec.type == socket_type::router),
    may_be_replaced_(spec.type == socket_type::pair && !spec.bind.empty()
                     && is_inproc_only(spec)),
    window_{spec.window_messages, spec.window_bytes},
    reading_{spec.max_frames, spec.max_message},
    assembling_{spec.max_frame, spec.max_message, spec.max_frames},
    ledger_(std::make_shared<handled_ledger>(
      std::move(pump),
      credit_amount{spec.window_messages / 4, spec.window_bytes / 4})),
    budget_{spec.max_assembled_bytes},
    epoch_(std::random_device{}()) {
  writing_.max_inline = std::min(policy.threshold(), writing_.max_inline);
  writing_.chunk_size = chunk_size(spec);
  writing_.shares = is_inproc_only(spec);
  writing_.copy = policy;
}

bridged_link::peer_state::peer_state(bridged_link& parent, const routing_id& id,
                                     std::uint32_t epoch)
  : writer(parent.pool_, link_config(parent.writing_, epoch, id)),
    window(epoch),
    account(parent.window_),
    assembler(parent.assembling_, parent.budget_) {
  // nop
}

// -- sending ------------------------------------------------------------------

send_result bridged_link::add(multipart& message, link_port& port) {
  auto& x = peer(message.peer);
  auto& state = x.second;
  if (!state.stuck.empty() || (credit_ && !state.window.open()))
    return send_result::would_block;
  if (credit_)
    state.window.sent({1, message.size_bytes()});
  state.writer.add(message, out_);
  list(x);
  ship(state, port);
  return send_result::sent;
}

send_result bridged_link::add(message_bundle& x, link_port& port) {
  auto& to = peer({});
  auto& state = to.second;
  auto cost = credit_amount{x.messages(), x.bytes()};
  if (credit_ && !state.window.open_for(cost)) {
    add_some(x, port);
    return x.empty() ? send_result::sent : send_result::would_block;
  }
  if (!state.stuck.empty())
    return send_result::would_block;
  if (credit_)
    state.window.sent(cost);
  state.writer.add(x, out_);
  list(to);
  ship(state, port);
  return send_result::sent;
}

void bridged_link::add_some(message_bundle& x, link_port& port) {
  if (auto& state = peer({}).second;
      !state.stuck.empty() || !state.window.open())
    return;
  std::vector<multipart> messages;
  x.unpack(messages);
  auto rest = messages.begin();
  while (rest != messages.end() && add(*rest, port) == send_result::sent)
    ++rest;
  for (; rest != messages.end(); ++rest)
    x.copy(*rest, pool_);
}

std::optional<bundle_rules> bridged_link::bundles() const noexcept {
  if (addressed_ || writing_.max_inline == 0)
    return std::nullopt;
  // Whatever may be bundled is within all limits of the socket.
  auto frames = std::max(std::min(reading_.max_frames, std::size_t{2}),
                         std::size_t{1});
  auto size = std::min({writing_.max_inline, assembling_.max_frame,
                        reading_.max_message / frames});
  return bundle_rules{link_layout{credit_}, size, reading_.max_frames};
}

void bridged_link::flush(link_port& port) {
  grant_handled();
  auto kept = std::size_t{0};
  for (auto i = std::size_t{0}; i < dirty_.size(); ++i) {
    auto x = dirty_[i];
    auto& state = x->second;
    retry_stuck(state, port);
    if (state.stuck.empty()) {
      if (state.account.due()
          || (state.account.news() && state.writer.pending()))
        state.writer.grant(state.account.take());
      state.writer.flush(out_);
      ship(state, port);
      if (std::exchange(state.replaced, false))
        begin_epoch(state);
    }
    if (state.gone) {
      for (auto& message : unsent(state))
        lost_.push_back({*state.gone, std::move(message)});
      last_ = nullptr;
      peers_.erase(peers_.find(x->first));
    } else if (!state.stuck.empty()) {
      dirty_[kept++] = x;
    } else {
      state.listed = false;
    }
  }
  dirty_.resize(kept);
  probed_ = std::min(probed_, peers_.size());
}

std::vector<multipart> bridged_link::take_all() {
  std::vector<multipart> result;
  for (auto x : dirty_) {
    x->second.listed = false;
    auto messages = unsent(x->second);
    std::move(messages.begin(), messages.end(), std::back_inserter(result));
  }
  dirty_.clear();
  return result;
}

// -- connections --------------------------------------------------------------

void bridged_link::restart() {
  if (!credit_ || addressed_)
    return;
  begin_epoch(peer({}).second);
}

void bridged_link::begin_epoch(peer_state& x) noexcept {
  auto epoch = next_epoch();
  x.window.restart(epoch);
  x.writer.restart(epoch);
}

void bridged_link::probe(bool all) {
  for (auto& x : peers_) {
    auto& state = x.second;
    if (!all && !state.assembler.busy() && state.window.open())
      continue;
    state.writer.nudge();
    list(x);
  }
}

// -- peers --------------------------------------------------------------------

bridged_link::peer_entry& bridged_link::peer(const routing_id& id) {
  if (last_ != nullptr && last_->first == id)
    return *last_;
  auto i = peers_.find(id);
  if (i == peers_.end()) {
    // Peers that left without a message to or from them since are found out
    // when there might be many of them.
    if (peers_.size() > 2 * probed_ + 64) {
      probe(true);
      probed_ = peers_.size();
    }
    i = peers_.try_emplace(id, *this, id, credit_ ? next_epoch() : 0).first;
  }
  last_ = &*i;
  return *last_;
}

std::uint32_t bridged_link::next_epoch() noexcept {
  if (++epoch_ == 0)
    ++epoch_;
  return epoch_;
}

void bridged_link::list(peer_entry& x) {
  if (!std::exchange(x.second.listed, true))
    dirty_.push_back(&x);
}

void bridged_link::ship(peer_state& x, link_port& port) {
  for (auto& wire : out_) {
    if (x.stuck.empty()) {
      auto result = port.transmit(wire);
      if (result == send_result::sent)
        continue;
      if (result != send_result::would_block)
        x.gone = result == send_result::peer_gone ? ec::peer_gone
                                                  : ec::unexpected_message;
    }
    x.stuck.push_back(std::move(wire));
  }
  out_.clear();
}

void bridged_link::retry_stuck(peer_state& x, link_port& port) {
  while (!x.gone && !x.stuck.empty()) {
    auto result = port.transmit(x.stuck.front());
    if (result == send_result::would_block)
      return;
    if (result == send_result::sent)
      x.stuck.pop_front();
    else
      x.gone = result == send_result::peer_gone ? ec::peer_gone
                                                : ec::unexpected_message;
  }
}

std::vector<multipart> bridged_link::unsent(peer_state& x) {
  x.writer.flush(out_);
  std::move(out_.begin(), out_.end(), std::back_inserter(x.stuck));
  out_.clear();
  std::vector<multipart> result;
  for (auto& wire : x.stuck) {
    if (!wire.original.frames.empty())
      result.push_back(std::move(wire.original));
    else if (auto view = link_view::make(std::move(wire.frames), reading_))
      view->unpack(nullptr, result);
  }
  x.stuck.clear();
  return result;
}

} // namespace troupe
