// SPDX-License-Identifier: BSL-1.0
#include "troupe/socket_options.hpp"

namespace troupe {

namespace {

using namespace std::chrono_literals;

/// Longer than anybody waits for the end of a program.
constexpr auto max_linger = 1h;

/// Longest time that ZeroMQ takes, which counts milliseconds in an `int`.
constexpr auto max_time = std::chrono::milliseconds{2'147'483'647};

bool negative_or_huge(std::chrono::milliseconds x) {
  return x < 0ms || x > max_time;
}

const char* bad_queue(const socket_options& x) {
  if (x.send_hwm < 1 || x.receive_hwm < 1)
    return "send_hwm and receive_hwm must be at least 1";
  if (x.send_buffer < -1 || x.receive_buffer < -1)
    return "send_buffer and receive_buffer are sizes in bytes, or -1";
  if (x.linger < 0ms || x.linger > max_linger)
    return "linger must be from 0 to one hour";
  return nullptr;
}

const char* bad_heartbeat(const socket_options::heartbeat_options& x) {
  if (negative_or_huge(x.interval) || negative_or_huge(x.timeout))
    return "heartbeat times must not be negative";
  if (x.interval == 0ms && (x.timeout != 0ms || x.ttl != 0ms))
    return "heartbeat.timeout and ttl need an interval";
  if (x.ttl < 0ms || x.ttl > 6'553'500ms)
    return "heartbeat.ttl must be from 0 to 6553.5 seconds";
  return nullptr;
}

} // namespace

const char* bad_option(const socket_options& x) {
  if (auto what = bad_queue(x))
    return what;
  for (auto time : {x.handshake_timeout, x.connect_timeout,
                    x.retransmit_timeout, x.reconnect_min, x.reconnect_max})
    if (negative_or_huge(time))
      return "a time of the connection is negative or too long";
  if (x.reconnect_max != 0ms && x.reconnect_max < x.reconnect_min)
    return "reconnect_max must not be shorter than reconnect_min";
  if (x.keep_alive.on
      && (x.keep_alive.idle < 1s || x.keep_alive.interval < 1s
          || x.keep_alive.count < 1))
    return "the values of keep_alive must be positive";
  if (auto what = bad_heartbeat(x.heartbeat))
    return what;
  if (x.tos < 0 || x.tos > 255)
    return "tos must be from 0 to 255";
  if (x.backlog < 1)
    return "backlog must be positive";
  if (x.routing_id.size() > 255
      || (!x.routing_id.empty() && x.routing_id.front() == '\0'))
    return "a routing_id has 1 to 255 bytes, the first of them not zero";
  return nullptr;
}

} // namespace troupe
