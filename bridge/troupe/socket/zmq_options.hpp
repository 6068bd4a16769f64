// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/socket_spec.hpp"

namespace troupe {

/// Returns ZeroMQ's number for a type.
int type_number(socket_type type) noexcept;

/// Sets all options of a new ZeroMQ socket.
/// @returns false if ZeroMQ refused one; `errno` has its reason.
bool set_options(void* socket, const socket_spec& spec);

/// Messages that ZeroMQ receives from one peer before somebody takes them. 0 =
/// any number.
int receive_hwm(const socket_spec& spec) noexcept;

/// What a message may be on the wire, where those of bridged peers share one.
struct wire_bounds {
  std::size_t max_frame;
  std::size_t max_frames;
  std::size_t max_message;
};

wire_bounds wire_limits(const socket_spec& spec) noexcept;

/// Whether a socket waits in the bridge until its one connection is there.
///
/// With ZMQ_IMMEDIATE, ZeroMQ queues messages only for established connections,
/// but it throws unread input away when one ends. Without, it queues messages
/// for peers that may never come. So sockets that also receive go without, and
/// the bridge holds their messages back.
bool waits_for_connection(const socket_spec& spec);

/// Whether a socket could connect to itself, so that somebody has to look.
bool may_meet_itself(const socket_spec& spec);

} // namespace troupe
