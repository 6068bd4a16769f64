// SPDX-License-Identifier: BSL-1.0

// The part of the lanes actor that opens and closes its sockets.

#include "troupe/error.hpp"
#include "troupe/lanes/lane_header.hpp"
#include "troupe/lanes/lane_tag.hpp"
#include "troupe/lanes/lanes_actor.hpp"

#include <caf/send.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace troupe {

namespace {

/// Whether `err` says that the bridge is closed, or comes from CAF, because
/// there is none to answer.
bool without_bridge(const caf::error& err) {
  return err == ec::closed
         || err.category() != caf::detail::error_factory<ec>::category;
}

/// Larger frames go in chunks over ipc, so that no system call of the bulk
/// lane's thread takes longer than the copy of one: the kernel does not
/// interrupt it. Over tcp, the buffers of the connection do the same.
constexpr auto bulk_chunk = std::size_t{128} << 10;

bool uses_ipc(const std::string& endpoint) {
  return endpoint.starts_with("ipc:");
}

/// Makes room for our header within a limit.
void raise(std::size_t& limit, std::size_t by) {
  limit += std::min(by, std::numeric_limits<std::size_t>::max() - limit);
}

} // namespace

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
  result.ends_with = address(); // also if we end before it opens
  raise(result.max_frames, 1);
  raise(result.max_message, pack(lane_header{}).size());
  if (spec_.own_bulk_thread)
    result.options.affinity = via == lane::bulk ? 2 : 1;
  if (via == lane::bulk) {
    result.options.send_buffer = spec_.bulk_buffer;
    result.options.receive_buffer = spec_.bulk_buffer;
    auto& where = connecting() ? result.connect : result.bind;
    if (spec_.own_bulk_thread && !result.chunk_size && uses_ipc(where.front()))
      result.chunk_size = bulk_chunk;
  }
  return result;
}

void lanes_actor_impl::open_sockets() {
  missing_ = static_cast<int>(all_lanes.size());
  for (auto via : all_lanes) {
    auto spec = socket_for(via);
    auto tag = spec.tag;
    // The bridge always answers, and what came too late would stay open.
    request(bridge_, caf::infinite, atom::open_v, std::move(spec))
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
  if (without_bridge(err)) {
    open_error_ = std::move(err);
    return give_up();
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

} // namespace troupe
