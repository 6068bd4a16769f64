// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/fwd.hpp"

#include <caf/error.hpp>
#include <caf/make_message.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe {

/// Reasons for which Troupe rejects a request or drops a message.
enum class ec : std::uint8_t {
  /// An endpoint cannot be read, or names a transport that is not built in.
  bad_endpoint = 1,
  /// Another program listens on the endpoint.
  address_in_use,
  /// The endpoint cannot be bound or connected for another reason.
  endpoint_failed,
  /// The peer of a message is not connected (any more).
  peer_gone,
  /// The peer of a message does not keep up, and its queue is full.
  peer_full,
  /// A frame, or the frames of a message together, exceed the limit.
  too_large,
  /// A message has too few or too many frames.
  bad_frames,
  /// A frame is no verified envelope.
  bad_envelope,
  /// A message refers to bytes or frames that it does not have.
  bad_range,
  /// A verified table holds values that make no sense.
  bad_value,
  /// A message that makes no sense in this conversation.
  unexpected_message,
  /// A message from a peer that has not said hello.
  unknown_peer,
  /// A peer speaks another protocol version.
  version_mismatch,
  /// A peer chose its own routing id, which a ROUTER here never trusts.
  chosen_routing_id,
  /// The socket, or the whole bridge, is closed.
  closed,
  /// An engine tries to register under the name of a live one.
  engine_exists,
  /// A message names an engine that the receiver does not know.
  unknown_engine,
  /// No engine knows a function, or nobody registered it.
  unknown_function,
  /// A limit is reached; the text names it.
  limit_reached,
  /// A setting makes no sense; the text says which.
  bad_config,
  /// The operating system refused; the text holds its reason.
  system_failure,
  /// A peer does not know our key, or we do not know the peer's.
  key_refused,
  /// The server does not have the key that the client expects.
  wrong_server_key,
  /// The key of a peer was removed from the access list while it was
  /// connected.
  key_removed,
  /// A file of keys cannot be read or written, or others could read it.
  bad_key_file,
  /// A request got no answer in time.
  timed_out,
  /// The other side speaks no ZeroMQ, or another security mechanism.
  handshake_failed,
};

/// Returns the name of a reason, as it appears in counters and logs.
/// @relates ec
std::string to_string(ec code);

/// Makes an error that carries a sentence for people.
/// @relates ec
caf::error make_error(ec code, std::string text);

/// Returns the sentence of `err` if it carries one, else its name.
std::string describe(const caf::error& err);

} // namespace troupe

CAF_ERROR_CODE_ENUM(troupe::ec, "troupe")
