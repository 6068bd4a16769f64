// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/fwd.hpp"

#include <caf/atom.hpp>
#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>
#include <caf/type_id.hpp>
#include <caf/typed_actor.hpp>

namespace troupe {

/// The role of an actor that receives from sockets.
using socket_owner_actor = caf::typed_actor<
  // Takes what arrived since the pump's last wake-up.
  caf::reacts_to<delivery>,
  // Takes back a message that could not be sent.
  caf::reacts_to<returned>,
  // Learns what happened besides: that messages have to wait, who subscribed,
  // and, if the spec says `watch`, what became of connections.
  caf::reacts_to<socket_event>>;

/// The role of an actor that talks over lanes.
using lanes_owner_actor = caf::typed_actor<
  // Takes what arrived from a peer over one lane.
  caf::reacts_to<lanes_delivery>,
  // Takes back a message that could not be sent.
  caf::reacts_to<lanes_returned>,
  // Learns who joined, who left and who was turned away.
  caf::reacts_to<peer_event>>;

} // namespace troupe

CAF_BEGIN_TYPE_ID_BLOCK(troupe_bridge, caf::first_custom_type_id)

  CAF_ADD_TYPE_ID(troupe_bridge, (troupe::delivery))
  CAF_ADD_TYPE_ID(troupe_bridge, (troupe::ec))
  CAF_ADD_TYPE_ID(troupe_bridge, (troupe::lane_endpoints))
  CAF_ADD_TYPE_ID(troupe_bridge, (troupe::lanes_counters))
  CAF_ADD_TYPE_ID(troupe_bridge, (troupe::lanes_delivery))
  CAF_ADD_TYPE_ID(troupe_bridge, (troupe::lanes_outgoing))
  CAF_ADD_TYPE_ID(troupe_bridge, (troupe::lanes_owner_actor))
  CAF_ADD_TYPE_ID(troupe_bridge, (troupe::lanes_returned))
  CAF_ADD_TYPE_ID(troupe_bridge, (troupe::multipart))
  CAF_ADD_TYPE_ID(troupe_bridge, (troupe::open_socket))
  CAF_ADD_TYPE_ID(troupe_bridge, (troupe::outgoing))
  CAF_ADD_TYPE_ID(troupe_bridge, (troupe::peer_event))
  CAF_ADD_TYPE_ID(troupe_bridge, (troupe::peer_id))
  CAF_ADD_TYPE_ID(troupe_bridge, (troupe::returned))
  CAF_ADD_TYPE_ID(troupe_bridge, (troupe::socket_counters))
  CAF_ADD_TYPE_ID(troupe_bridge, (troupe::socket_event))
  CAF_ADD_TYPE_ID(troupe_bridge, (troupe::socket_owner_actor))
  CAF_ADD_TYPE_ID(troupe_bridge, (troupe::socket_spec))

  CAF_ADD_ATOM(troupe_bridge, troupe::atom, attach, "attach")
  CAF_ADD_ATOM(troupe_bridge, troupe::atom, bind, "bind")
  CAF_ADD_ATOM(troupe_bridge, troupe::atom, close, "close")
  CAF_ADD_ATOM(troupe_bridge, troupe::atom, connect, "connect")
  CAF_ADD_ATOM(troupe_bridge, troupe::atom, counters, "counters")
  CAF_ADD_ATOM(troupe_bridge, troupe::atom, disconnect, "disconnect")
  CAF_ADD_ATOM(troupe_bridge, troupe::atom, open, "open")
  CAF_ADD_ATOM(troupe_bridge, troupe::atom, request, "request")
  CAF_ADD_ATOM(troupe_bridge, troupe::atom, subscribe, "subscribe")
  CAF_ADD_ATOM(troupe_bridge, troupe::atom, unbind, "unbind")
  CAF_ADD_ATOM(troupe_bridge, troupe::atom, unsubscribe, "unsub")
  CAF_ADD_ATOM(troupe_bridge, troupe::atom, wake, "wake")

CAF_END_TYPE_ID_BLOCK(troupe_bridge)
