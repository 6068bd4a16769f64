// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <zmq.hpp>

#include <cstddef>
#include <string>

namespace troupe::perf {

/// Opens a socket that queues without a bound: tasks wait in the device.
zmq::socket_t open_unbounded(zmq::context_t& context, zmq::socket_type type);

/// Opens the DEALER of a client of a `raw_device`. Its receives end without a
/// message when none came for half a minute: then something is wrong.
zmq::socket_t open_client(zmq::context_t& context, const std::string& endpoint);

/// How many messages to send before looking for answers: often enough to keep
/// queues short, rarely enough to cost nothing.
inline constexpr std::size_t sends_per_look = 64;

/// Names a socket that is no file, so that nothing stays behind.
/// @param transport `ipc` or `tcp`.
std::string raw_endpoint(const std::string& transport, const char* name);

} // namespace troupe::perf
