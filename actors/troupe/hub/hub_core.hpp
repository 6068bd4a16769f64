// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/hub/heart_monitor.hpp"
#include "troupe/hub/registry.hpp"
#include "troupe/interfaces.hpp"
#include "troupe/limits.hpp"
#include "troupe/protocol/read.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace troupe {

struct hub_config {
  /// Time between two pings, and silent periods that a peer survives.
  std::chrono::milliseconds period = limits::heartbeat;
  std::uint32_t max_misses = limits::max_misses;

  std::size_t max_engines = limits::max_engines;
  std::size_t max_clients = limits::max_clients;

  /// Seed of tokens. 0 = from the operating system; tests choose one.
  std::uint64_t token_seed = 0;
};

/// A client that the hub admitted.
struct client_joined {
  client_id id{};
  std::uint64_t token = 0;
};

/// What the hub has to do after an event, in this order.
struct hub_actions {
  /// To be announced to the scheduler before `control` is sent.
  std::vector<engine_joined> engines{};
  std::vector<client_joined> clients{};

  /// To be announced to the scheduler.
  std::vector<member_id> lost{};

  /// Requests for the scheduler.
  std::vector<std::pair<client_id, cancel_request>> cancels{};
  std::vector<std::pair<client_id, why_query>> queries{};

  /// Messages for the control lane.
  std::vector<multipart> control{};

  /// Somebody waits for a `Status`.
  bool asked = false;

  /// A client asked to stop the cluster.
  bool stop = false;

  /// What happened, one line each, for the log.
  std::vector<std::string> log{};
};

/// The rules of the hub: who is admitted, who is lost, who gets which answer.
/// Knows neither actors, sockets nor clocks.
class hub_core {
public:
  using time_point = member::time_point;

  explicit hub_core(hub_config cfg, time_point start = {});

  // -- events -----------------------------------------------------------------

  /// Handles messages from the control lane.
  hub_actions received(std::vector<multipart> messages, time_point now);

  /// Gives up whoever is behind `peer`, because a message could not reach it.
  hub_actions unreachable(const routing_id& peer);

  /// Gives up `id`, because the scheduler could not reach it. It may live on,
  /// so it is told to say hello again.
  hub_actions gone(member_id id);

  /// Ends a heartbeat period: gives up the silent and pings everybody.
  hub_actions end_period();

  /// Pings everybody.
  hub_actions ping();

  /// Says goodbye to everybody.
  hub_actions stop();

  // -- tasks under way --------------------------------------------------------

  /// Answers a client's `Cancel` or `WhyQuery`.
  hub_actions cancelled(client_id id, std::uint64_t request,
                        const cancel_counts& x) const;
  hub_actions told_why(client_id id, std::uint64_t request,
                       const wait_reports& x) const;

  /// Tells an engine that some of its tasks are cancelled.
  hub_actions revoke(engine_id id, const revocation& x) const;

  // -- status -----------------------------------------------------------------

  /// Whether engines or functions changed since the last `notify`, and a client
  /// wants to know.
  bool news() const noexcept;

  /// Lets all subscribers wait for a `Status`.
  void notify();

  /// Answers all who wait, with what the scheduler said.
  hub_actions answer(const scheduler_status& x, time_point now);

  cluster_status status(time_point now) const;

private:
  void receive(multipart message, time_point now, hub_actions& out);
  void receive_hello(const message_view& message, time_point now,
                     hub_actions& out);
  void receive_from(const member& who, const message_view& message,
                    hub_actions& out);
  void receive_from_client(client_id who, const message_view& message,
                           hub_actions& out);
  void welcome(const admission& x, hub_actions& out);
  void announce(const member& who, hub_actions& out);
  void refuse(const routing_id& peer, wire::RefusalCode code,
              std::string_view text, hub_actions& out);
  void give_up(member_id id, std::string_view why, hub_actions& out);
  hub_actions tell(member_id id, buffer message) const;
  std::optional<member> remove(member_id id, hub_actions& out);
  buffer pack_status_of(const scheduler_status& x, time_point now) const;

  hub_config cfg_;
  time_point start_;
  registry registry_;
  heart_monitor monitor_;
  std::set<client_id> subscribers_;
  std::set<client_id> waiting_;
  std::uint64_t notified_ = 0;
  std::uint32_t sequence_ = 0;
  std::uint32_t lost_ = 0;
  std::uint64_t dropped_ = 0;
};

} // namespace troupe
