// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/fwd.hpp"

#include <caf/atom.hpp>
#include <caf/fwd.hpp>
#include <caf/type_id.hpp>

CAF_BEGIN_TYPE_ID_BLOCK(troupe_bridge, caf::first_custom_type_id)

  CAF_ADD_TYPE_ID(troupe_bridge, (troupe::delivery))
  CAF_ADD_TYPE_ID(troupe_bridge, (troupe::ec))
  CAF_ADD_TYPE_ID(troupe_bridge, (troupe::open_socket))
  CAF_ADD_TYPE_ID(troupe_bridge, (troupe::outgoing))
  CAF_ADD_TYPE_ID(troupe_bridge, (troupe::returned))
  CAF_ADD_TYPE_ID(troupe_bridge, (troupe::socket_counters))
  CAF_ADD_TYPE_ID(troupe_bridge, (troupe::socket_event))
  CAF_ADD_TYPE_ID(troupe_bridge, (troupe::socket_spec))

  CAF_ADD_ATOM(troupe_bridge, troupe::atom, attach, "attach")
  CAF_ADD_ATOM(troupe_bridge, troupe::atom, close, "close")
  CAF_ADD_ATOM(troupe_bridge, troupe::atom, counters, "counters")
  CAF_ADD_ATOM(troupe_bridge, troupe::atom, open, "open")

CAF_END_TYPE_ID_BLOCK(troupe_bridge)
