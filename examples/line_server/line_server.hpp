// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "line_splitter.hpp"
#include <troupe/bridge.hpp>

#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>

/// The LINE SERVER interface: answers lines of text from plain connections. The
/// line `quit` ends a connection.
using line_server_actor = troupe::socket_owner_actor;

struct line_server_config {
  /// Returns the answer to a line, both without their end.
  std::function<std::string(std::string_view)> answer;

  /// Connections beyond that are closed at once.
  std::size_t max_connections = 1000;
};

struct line_server_state {
  static inline const char* name = "line-server";

  struct connection {
    line_splitter lines;

    /// It does not read its answers, and gets no more. It counts until it ends.
    bool deaf = false;
  };

  std::map<troupe::routing_id, connection> connections;
};

/// Serves the connections of `socket`, a STREAM.
line_server_actor::behavior_type
line_server(line_server_actor::stateful_pointer<line_server_state> self,
            troupe::socket_actor socket, line_server_config cfg);
