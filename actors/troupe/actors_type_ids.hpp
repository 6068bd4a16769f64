// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/bridge_type_ids.hpp"
#include "troupe/ids.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/type_id.hpp>

#include <memory>

namespace troupe {

struct cancel_counts;
struct cancel_request;
struct cast_orders;
struct cluster_status;
struct engine_joined;
struct leaf_report;
struct revocation;
struct scheduler_status;
struct wait_reports;
struct why_query;

} // namespace troupe

CAF_BEGIN_TYPE_ID_BLOCK(troupe_actors, caf::id_block::troupe_bridge::end)

  CAF_ADD_TYPE_ID(troupe_actors, (troupe::cancel_counts))
  CAF_ADD_TYPE_ID(troupe_actors, (troupe::cancel_request))
  CAF_ADD_TYPE_ID(troupe_actors, (troupe::cast_orders))
  CAF_ADD_TYPE_ID(troupe_actors, (troupe::client_id))
  CAF_ADD_TYPE_ID(troupe_actors, (troupe::cluster_status))
  CAF_ADD_TYPE_ID(troupe_actors, (troupe::engine_id))
  CAF_ADD_TYPE_ID(troupe_actors, (troupe::engine_joined))
  CAF_ADD_TYPE_ID(troupe_actors, (troupe::leaf_report))
  CAF_ADD_TYPE_ID(troupe_actors, (troupe::revocation))
  CAF_ADD_TYPE_ID(troupe_actors, (troupe::scheduler_status))
  CAF_ADD_TYPE_ID(troupe_actors, (troupe::wait_reports))
  CAF_ADD_TYPE_ID(troupe_actors, (troupe::why_query))

  CAF_ADD_ATOM(troupe_actors, troupe::atom, admit, "admit")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, cancel, "cancel")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, finished, "finished")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, gone, "gone")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, lost, "lost")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, probe, "probe")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, revoke, "revoke")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, status, "status")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, stop, "stop")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, submit, "submit")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, tick, "tick")
  CAF_ADD_ATOM(troupe_actors, troupe::atom, why, "why")

  namespace troupe {

  /// The part of the HUB interface that the scheduler uses.
  using loss_listener_actor = caf::typed_actor<
    // Says that a peer could not be reached on the task lane.
    caf::reacts_to<atom::gone, engine_id>,
    caf::reacts_to<atom::gone, client_id>,
    // Tells an engine that some of its tasks are cancelled.
    caf::reacts_to<atom::revoke, engine_id, revocation>>;

  } // namespace troupe

  CAF_ADD_TYPE_ID(troupe_actors, (troupe::loss_listener_actor))

CAF_END_TYPE_ID_BLOCK(troupe_actors)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::cancel_counts)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::cancel_request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::cast_orders)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::cluster_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::engine_joined)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::leaf_report)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::revocation)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::scheduler_status)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::wait_reports)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::why_query)
