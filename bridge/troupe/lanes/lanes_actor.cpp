// SPDX-License-Identifier: BSL-1.0
#include "troupe/lanes/lanes_actor.hpp"

#include "troupe/error.hpp"
#include "troupe/lanes/connecting_lanes.hpp"
#include "troupe/lanes/lane_tag.hpp"
#include "troupe/lanes/listening_lanes.hpp"
#include "troupe/socket/guest_hours.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

using namespace std::chrono_literals;

lanes_limits core_limits(const lanes_spec& spec) {
  return {spec.bulk_size, spec.max_waiting_messages, spec.max_waiting_bytes};
}

/// What is sent last may take its socket's linger time. That of the other side
/// is taken to be ours.
std::chrono::milliseconds leave_timeout(const lanes_spec& spec) {
  auto linger = spec.sockets.options.linger;
  return spec.join_timeout + (linger >= 0ms ? linger : 1h);
}

std::unique_ptr<lanes_core> make_core(const lanes_spec& spec) {
  if (spec.bind)
    return std::make_unique<listening_lanes>(
      core_limits(spec),
      lane_table::limits{spec.join_timeout, spec.max_joining, spec.max_peers,
                         leave_timeout(spec)});
  return std::make_unique<connecting_lanes>(
    core_limits(spec), lane_link::limits{spec.join_timeout, spec.retry_min,
                                         spec.retry_max, leave_timeout(spec)});
}

} // namespace

// -- constructors, destructors, and assignment operators ----------------------

lanes_actor_impl::lanes_actor_impl(caf::actor_config& cfg, bridge_actor bridge,
                                   lanes_spec spec)
  : super(cfg),
    bridge_(std::move(bridge)),
    spec_(std::move(spec)),
    core_(make_core(spec_)) {
  // nop
}

// -- overridden functions of CAF's classes ------------------------------------

const char* lanes_actor_impl::name() const {
  return "troupe.lanes";
}

caf::resumable::subtype_t lanes_actor_impl::subtype() const {
  // By this, the pump keeps its own.
  return spec_.sockets.handlers_on_pump ? caf::resumable::io_actor
                                        : super::subtype();
}

caf::resumable::resume_result
lanes_actor_impl::resume(caf::execution_unit* host, std::size_t max) {
  auto pump = spec_.sockets.handlers_on_pump ? dynamic_cast<socket_pump*>(host)
                                             : nullptr;
  if (pump == nullptr)
    return super::resume(host, max);
  guest_hours open{*pump, true};
  return super::resume(host, max);
}

lanes_actor_impl::behavior_type lanes_actor_impl::make_behavior() {
  set_default_handler(caf::drop);
  set_down_handler([this](caf::down_msg& x) { lose_actor(x); });
  set_error_handler([](caf::error&) {
    // An owner that does not handle all that it is told answers so.
  });
  if (auto err = check(spec_)) {
    quit(std::move(err));
    return behavior_type::make_empty_behavior();
  }
  return {
    [this](atom::attach, lanes_owner_actor& owner) {
      attach_owner(std::move(owner));
    },
    [this](lanes_outgoing& x) {
      core_->send(x);
      flush();
    },
    [this](atom::disconnect, peer_id peer) {
      core_->drop(peer, now());
      flush();
    },
    [this](atom::open) { return tell_endpoints(); },
    [this](atom::counters) { return core_->counters(); },
    [this](atom::close) { quit(); },
    [this](delivery& x) {
      if (!current(x.tag))
        return;
      core_->receive(lane_of(x.tag), x, now());
      flush();
    },
    [this](returned& x) {
      if (current(x.tag))
        core_->give_back(lane_of(x.tag), x, now());
      else
        core_->give_back_past(peer_id{x.tag / tags_per_generation},
                              lane_of(x.tag), x);
      flush();
    },
    [this](socket_event& x) {
      if (!current(x.tag))
        return;
      core_->note(lane_of(x.tag), x, now());
      flush();
    },
    [this](atom::wake) { wake(); },
  };
}

void lanes_actor_impl::on_exit() {
  timer_ = time_point::min(); // no more of it
  core_->close();
  flush();
  close_sockets();
  for (auto& promise : std::exchange(waiting_, {}))
    promise.deliver(make_error(ec::closed, "the lanes are closed"));
  if (owner_)
    demonitor(owner_.address()); // or CAF remembers us as long as it lives
  if (started_)
    demonitor(bridge_.address());
  owner_ = nullptr;
  bridge_ = nullptr;
}

// -- handlers -----------------------------------------------------------------

void lanes_actor_impl::attach_owner(lanes_owner_actor owner) {
  if (owner_)
    demonitor(owner_.address());
  auto first = !owner_;
  owner_ = std::move(owner);
  monitor(owner_);
  if (!first)
    return;
  start();
  for (auto& socket : sockets_.values)
    if (socket)
      send(socket, atom::attach_v, socket_owner_actor{this});
  wake();
}

caf::result<lane_endpoints> lanes_actor_impl::tell_endpoints() {
  if (opened_once_)
    return endpoints_;
  start();
  waiting_.push_back(make_response_promise<lane_endpoints>());
  return waiting_.back();
}

/// Opens the sockets, not before somebody is there who learns if that fails.
void lanes_actor_impl::start() {
  if (std::exchange(started_, true))
    return;
  monitor(bridge_); // between two attempts, no socket would tell
  open_sockets();
}

void lanes_actor_impl::wake() {
  if (now() >= timer_)
    timer_ = time_point::max();
  if (owner_ && opened_once_)
    core_->tick(now());
  flush();
}

void lanes_actor_impl::lose_actor(const caf::down_msg& x) {
  if (owner_ && x.source == owner_.address()) {
    owner_ = nullptr;
    return quit(x.reason);
  }
  if (x.source == bridge_.address())
    return quit(make_error(ec::closed, "the bridge is closed"));
  for (auto via : all_lanes)
    if (sockets_[via] && x.source == sockets_[via].address()) {
      sockets_[via] = nullptr;
      quit(x.reason ? x.reason : make_error(ec::closed, "a lane was closed"));
    }
}

// -- output -------------------------------------------------------------------

void lanes_actor_impl::flush() {
  auto output = core_->take();
  if (output.open && generation_ > 1) // the first ones are there
    open_sockets();
  for (auto via : all_lanes)
    if (!output.messages[via].empty())
      send_to_socket(via, output.messages[via]);
  if (owner_)
    for (auto& x : output.news)
      std::visit([this](auto& news) { send(owner_, std::move(news)); }, x);
  if (output.close)
    close_sockets();
  set_timer();
}

void lanes_actor_impl::send_to_socket(lane via,
                                      std::vector<multipart>& messages) {
  if (sockets_[via])
    send(sockets_[via], outgoing{std::move(messages)});
  else
    std::move(messages.begin(), messages.end(),
              std::back_inserter(unsent_[via]));
}

void lanes_actor_impl::set_timer() {
  auto next = core_->deadline();
  if (!owner_ || !opened_once_ || next >= timer_)
    return;
  timer_ = next;
  delayed_send(this, std::max(next - now(), time_point::duration{}),
               atom::wake_v);
}

} // namespace troupe
