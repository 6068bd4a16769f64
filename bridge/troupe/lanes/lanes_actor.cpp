// SPDX-License-Identifier: BSL-1.0
#include "troupe/lanes/lanes_actor.hpp"

#include "troupe/lanes/connecting_lanes.hpp"
#include "troupe/lanes/listening_lanes.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <utility>

namespace troupe {

namespace {

using namespace std::chrono_literals;

/// How long the bridge may take to open a socket.
constexpr auto open_timeout = 10s;

lanes_limits core_limits(const lanes_spec& spec) {
  return {spec.bulk_size, spec.max_waiting_messages, spec.max_waiting_bytes};
}

std::unique_ptr<lanes_core> make_core(const lanes_spec& spec) {
  if (spec.bind)
    return std::make_unique<listening_lanes>(
      core_limits(spec),
      lane_table::limits{spec.join_timeout, spec.max_joining, spec.max_peers});
  return std::make_unique<connecting_lanes>(
    core_limits(spec),
    lane_link::limits{spec.join_timeout, spec.retry_min, spec.retry_max});
}

// Tags tell the sockets of one attempt from those of another.

constexpr auto tags_per_generation = std::uint32_t{4};

std::uint32_t make_tag(std::uint32_t generation, lane via) {
  return generation * tags_per_generation + static_cast<std::uint32_t>(via);
}

lane lane_of(std::uint32_t tag) {
  return static_cast<lane>(tag % tags_per_generation);
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

lanes_actor_impl::behavior_type lanes_actor_impl::make_behavior() {
  set_default_handler(caf::drop);
  set_down_handler([this](caf::down_msg& x) { lose_actor(x); });
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
  if (!std::exchange(started_, true))
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
  for (auto via : all_lanes)
    if (sockets_[via] && x.source == sockets_[via].address()) {
      sockets_[via] = nullptr;
      quit(x.reason ? x.reason : make_error(ec::closed, "a lane was closed"));
    }
}

// -- sockets ------------------------------------------------------------------

bool lanes_actor_impl::current(std::uint32_t tag) const noexcept {
  return tag / tags_per_generation == generation_
         && sockets_[lane_of(tag)] != nullptr;
}

socket_spec lanes_actor_impl::socket_for(lane via) const {
  auto result = spec_.sockets;
  result.bind.clear();
  result.connect.clear();
  if (connecting()) {
    result.type = socket_type::dealer;
    result.connect.push_back((*spec_.connect)[via]);
  } else {
    result.type = socket_type::router;
    result.bind.push_back((*spec_.bind)[via]);
  }
  result.tag = make_tag(generation_, via);
  result.watch = true;
  result.max_frames += 1; // our header
  if (spec_.own_bulk_thread)
    result.options.affinity = via == lane::bulk ? 2 : 1;
  if (via == lane::bulk) {
    result.options.send_buffer = spec_.bulk_buffer;
    result.options.receive_buffer = spec_.bulk_buffer;
  }
  return result;
}

void lanes_actor_impl::open_sockets() {
  missing_ = static_cast<int>(all_lanes.size());
  for (auto via : all_lanes) {
    auto spec = socket_for(via);
    auto tag = spec.tag;
    request(bridge_, open_timeout, atom::open_v, std::move(spec))
      .then([=, this](open_socket& x) { take_socket(via, tag, x); },
            [=, this](caf::error& err) { fail_to_open(via, tag, err); });
  }
}

void lanes_actor_impl::take_socket(lane via, std::uint32_t tag,
                                   open_socket& x) {
  if (tag != make_tag(generation_, via)) {
    send(x.handle, atom::close_v);
    return;
  }
  sockets_[via] = x.handle;
  monitor(x.handle);
  if (owner_)
    send(x.handle, atom::attach_v, socket_owner_actor{this});
  if (!x.endpoints.empty())
    endpoints_[via] = x.endpoints.front();
  if (auto messages = std::exchange(unsent_[via], {}); !messages.empty())
    send_to_socket(via, messages);
  if (--missing_ > 0 || opened_once_)
    return;
  if (open_error_)
    return give_up();
  opened_once_ = true;
  if (connecting())
    endpoints_ = *spec_.connect;
  for (auto& promise : std::exchange(waiting_, {}))
    promise.deliver(endpoints_);
  wake();
}

void lanes_actor_impl::fail_to_open(lane via, std::uint32_t tag,
                                    caf::error& err) {
  if (tag != make_tag(generation_, via))
    return;
  if (!opened_once_) {
    if (!open_error_)
      open_error_ = std::move(err);
    if (--missing_ == 0)
      give_up();
    return;
  }
  socket_event event;
  event.what = socket_event::kind::refused;
  event.reason = ec::endpoint_failed;
  event.text = describe(err);
  core_->note(via, event, now());
  flush();
}

void lanes_actor_impl::give_up() {
  for (auto& promise : std::exchange(waiting_, {}))
    promise.deliver(open_error_);
  quit(std::move(open_error_));
}

void lanes_actor_impl::close_sockets() {
  for (auto& socket : sockets_.values) {
    if (!socket)
      continue;
    demonitor(socket.address());
    caf::anon_send(socket, atom::close_v);
    socket = nullptr;
  }
  unsent_ = {};
  ++generation_; // whatever the old ones still say is old news
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
