// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "ring_sum.hpp"
#include <troupe/bridge.hpp>

#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstddef>
#include <deque>

/// The RING NODE interface: one of several nodes in a ring that add up their
/// arrays.
using ring_node_actor = troupe::socket_owner_actor::extend<
  // Adds an array of doubles, the only frame, to those of all other nodes.
  // Returns the sums, in order, in one frame per node. Fails with
  // `ec::bad_frames` if arrays differ in size, and with `ec::limit_reached`
  // while another array is on its way. What else goes wrong ends the ring: all
  // nodes fail, now and whenever they are asked again.
  caf::replies_to<caf::add_atom, troupe::multipart>::with<troupe::multipart>>;

struct ring_node_state {
  static inline const char* name = "ring-node";

  ring_sum sum;

  /// What came from the left and was not needed yet.
  std::deque<troupe::buffer> early;

  /// Why the ring is of no more use, if so.
  caf::error broken;

  /// Who waits for the sums.
  caf::typed_response_promise<troupe::multipart> asker;
};

/// Adds up over `left`, a PULL, and `right`, a PUSH to the next node's PULL.
/// There are `nodes` of them, and this one has the number `rank`, from 0.
ring_node_actor::behavior_type
ring_node(ring_node_actor::stateful_pointer<ring_node_state> self,
          troupe::socket_actor left, troupe::socket_actor right,
          std::size_t rank, std::size_t nodes);
