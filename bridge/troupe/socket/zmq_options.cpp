// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket/zmq_options.hpp"

#include "troupe/link/bridged_link.hpp"
#include "troupe/link/credit_window.hpp"

#include <zmq.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace troupe {

namespace {

template <class T>
bool set(void* socket, int option, T value) {
  return zmq_setsockopt(socket, option, &value, sizeof(value)) == 0;
}

template <class Duration>
bool set_time(void* socket, int option, Duration value) {
  return set(socket, option, static_cast<int>(value.count()));
}

bool set_text(void* socket, int option, const std::string& value) {
  return zmq_setsockopt(socket, option, value.data(), value.size()) == 0;
}

bool set_queues(void* socket, const socket_spec& spec) {
  auto& x = spec.options;
  // ZeroMQ drops the subscriptions that find no room, again with each new
  // connection. They are as many as the owner asks for.
  using enum socket_type;
  auto subscribes = spec.type == sub || spec.type == xsub;
  return set(socket, ZMQ_SNDHWM, subscribes ? 0 : x.send_hwm)
         && set(socket, ZMQ_RCVHWM, receive_hwm(spec))
         && set(socket, ZMQ_SNDBUF, x.send_buffer)
         && set(socket, ZMQ_RCVBUF, x.receive_buffer)
         && (!x.conflate || set(socket, ZMQ_CONFLATE, 1));
}

/// What makes connections notice that they are dead, and bounds what strangers
/// may cost.
bool set_connections(void* socket, const socket_options& x) {
  return set_time(socket, ZMQ_HANDSHAKE_IVL, x.handshake_timeout)
         && set_time(socket, ZMQ_CONNECT_TIMEOUT, x.connect_timeout)
         && set_time(socket, ZMQ_TCP_MAXRT, x.retransmit_timeout)
         && set_time(socket, ZMQ_RECONNECT_IVL, x.reconnect_min)
         && set_time(socket, ZMQ_RECONNECT_IVL_MAX, x.reconnect_max)
         && set(socket, ZMQ_BACKLOG, x.backlog) && set(socket, ZMQ_TOS, x.tos)
         && set(socket, ZMQ_AFFINITY, x.affinity);
}

bool set_probes(void* socket, const socket_options& x) {
  if (!set(socket, ZMQ_TCP_KEEPALIVE, x.keep_alive.on ? 1 : 0))
    return false;
  if (x.keep_alive.on
      && (!set_time(socket, ZMQ_TCP_KEEPALIVE_IDLE, x.keep_alive.idle)
          || !set_time(socket, ZMQ_TCP_KEEPALIVE_INTVL, x.keep_alive.interval)
          || !set(socket, ZMQ_TCP_KEEPALIVE_CNT, x.keep_alive.count)))
    return false;
  if (x.heartbeat.interval.count() == 0)
    return true;
  auto timeout = x.heartbeat.timeout.count() == 0 ? x.heartbeat.interval
                                                  : x.heartbeat.timeout;
  return set_time(socket, ZMQ_HEARTBEAT_IVL, x.heartbeat.interval)
         && set_time(socket, ZMQ_HEARTBEAT_TIMEOUT, timeout)
         && set_time(socket, ZMQ_HEARTBEAT_TTL, x.heartbeat.ttl);
}

/// Whether ZeroMQ shall queue for established connections only.
bool immediate(const socket_spec& spec) {
  using enum socket_type;
  if (spec.options.immediate)
    return *spec.options.immediate;
  switch (spec.type) {
    case push:
      return true;
    case pair:
    case dealer:
    case req:
      return !waits_for_connection(spec);
    default:
      return false; // sends to connections only, or not at all
  }
}

bool set_subscriptions(void* socket, const socket_spec& spec) {
  for (auto& prefix : spec.subscriptions)
    if (spec.type == socket_type::sub) {
      if (!set_text(socket, ZMQ_SUBSCRIBE, prefix))
        return false;
    } else {
      auto text = '\1' + prefix;
      if (zmq_send(socket, text.data(), text.size(), ZMQ_DONTWAIT) < 0)
        return false;
    }
  return true;
}

/// What only some types know.
bool set_type_options(void* socket, const socket_spec& spec) {
  using enum socket_type;
  auto& x = spec.options;
  switch (spec.type) {
    case router:
      return set(socket, ZMQ_ROUTER_MANDATORY, x.mandatory ? 1 : 0)
             && set(socket, ZMQ_ROUTER_HANDOVER, x.handover ? 1 : 0)
             && set(socket, ZMQ_PROBE_ROUTER, x.probe_router ? 1 : 0);
    case req:
      // So that a request that timed out blocks none after it, and its late
      // reply answers none of them.
      return set(socket, ZMQ_REQ_RELAXED, 1)
             && set(socket, ZMQ_REQ_CORRELATE, 1)
             && set(socket, ZMQ_PROBE_ROUTER, x.probe_router ? 1 : 0);
    case dealer:
      return set(socket, ZMQ_PROBE_ROUTER, x.probe_router ? 1 : 0);
    case xpub:
      if (!set(socket, ZMQ_XPUB_VERBOSE, x.verbose ? 1 : 0))
        return false;
      [[fallthrough]];
    case pub:
      return set(socket, ZMQ_XPUB_NODROP, x.drop_for_slow_subscribers ? 0 : 1);
    case sub:
    case xsub:
      return set_subscriptions(socket, spec);
    default:
      return true;
  }
}

} // namespace

int type_number(socket_type type) noexcept {
  constexpr auto numbers = std::array{
    ZMQ_PAIR, ZMQ_PUB, ZMQ_SUB, ZMQ_XPUB,   ZMQ_XSUB,   ZMQ_PUSH,
    ZMQ_PULL, ZMQ_REQ, ZMQ_REP, ZMQ_DEALER, ZMQ_ROUTER, ZMQ_STREAM,
  };
  return numbers[static_cast<std::size_t>(type)];
}

int receive_hwm(const socket_spec& spec) noexcept {
  auto result = spec.options.receive_hwm;
  if (spec.peers == socket_peers::raw || !answers(spec.type))
    return result;
  // Once an ipc connection is closed, ZeroMQ reads what it brought only up to
  // this bound. So there is room for all that a peer with credit may send, and
  // for some messages that need none.
  constexpr auto most = std::uint64_t{1} << 30;
  auto credit = std::max<std::uint64_t>(spec.window_messages,
                                        initial_credit.messages);
  return std::max(result, static_cast<int>(std::min(credit, most)) + 64);
}

bool set_options(void* socket, const socket_spec& spec) {
  auto& x = spec.options;
  // Without a linger time until `close`: nothing that fails may block the end
  // of the context. The largest frame counts already during a handshake.
  return set(socket, ZMQ_LINGER, 0)
         && set(socket, ZMQ_MAXMSGSIZE,
                static_cast<std::int64_t>(wire_limits(spec).max_frame))
         && set_queues(socket, spec) && set_connections(socket, x)
         && set_probes(socket, x)
         && set(socket, ZMQ_IMMEDIATE, immediate(spec) ? 1 : 0)
         && (x.routing_id.empty()
             || set_text(socket, ZMQ_ROUTING_ID, x.routing_id))
         && set_type_options(socket, spec);
}

wire_bounds wire_limits(const socket_spec& spec) noexcept {
  if (spec.peers == socket_peers::raw)
    return {spec.max_frame, spec.max_frames, spec.max_message};
  // A head, and what other messages add before it is full.
  constexpr auto head = std::size_t{256} << 10;
  return {std::max(spec.max_frame, head), spec.max_frames + 64,
          spec.max_message + 2 * head};
}

bool waits_for_connection(const socket_spec& spec) {
  using enum socket_type;
  if (spec.options.immediate || !spec.bind.empty() || spec.connect.size() != 1)
    return false;
  if (spec.type != pair && spec.type != dealer && spec.type != req)
    return false;
  // Inproc sockets are connected at once, and nobody says so.
  return !spec.connect.front().starts_with("inproc:");
}

bool may_meet_itself(const socket_spec& spec) {
  using enum socket_type;
  if (spec.type != pair && spec.type != dealer && spec.type != router)
    return false; // two of the others do not talk to each other
  return std::any_of(spec.connect.begin(), spec.connect.end(),
                     [](auto& x) { return x.starts_with("tcp:"); });
}

} // namespace troupe
