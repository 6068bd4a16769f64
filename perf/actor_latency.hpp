// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "actor_host.hpp"
#include "harness/partner.hpp"
#include "stream.hpp"

#include <memory>
#include <vector>

namespace troupe::perf {

/// REQ and REP through the bridge: an actor makes CAF requests to its socket,
/// an actor in another process (over inproc: another actor system) answers.
class actor_latency {
public:
  explicit actor_latency(const stream_setup& setup);

  ~actor_latency();

  actor_latency(const actor_latency&) = delete;
  actor_latency& operator=(const actor_latency&) = delete;

  /// Makes round trips one after the other. Throws `std::runtime_error` if an
  /// answer is missing or wrong.
  measurement run(const stream_job& job);

private:
  struct impl;

  std::unique_ptr<impl> pimpl_;
};

/// Spawns an actor that answers (count, size) when it made so many round trips
/// over a REQ socket, and then left their times, in seconds, in `times`.
caf::actor spawn_asker(actor_host& host, const socket_actor& socket,
                       std::shared_ptr<std::vector<double>> times);

/// Spawns an actor that sends what a REP socket delivers back as it is.
caf::actor spawn_replier(actor_host& host, const socket_actor& socket);

/// Makes round trips with an asker. Throws `std::runtime_error`.
void make_round_trips(caf::scoped_actor& self, const caf::actor& asker,
                      const stream_job& job);

/// The answering process.
role actor_reply_role();

} // namespace troupe::perf
