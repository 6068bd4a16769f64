// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <cstdint>

namespace troupe {

class buffer;
class copy_policy;
class multipart;
class routing_id;
class socket_context;
class socket_pump;
class socket_pumps;

struct bridge_config;
struct delivery;
struct identity;
struct lane_endpoints;
struct lanes_counters;
struct lanes_delivery;
struct lanes_outgoing;
struct lanes_returned;
struct open_socket;
struct outgoing;
struct peer_event;
struct returned;
struct socket_counters;
struct socket_event;
struct socket_spec;

enum class ec : std::uint8_t;
enum class peer_id : std::uint64_t;

} // namespace troupe
