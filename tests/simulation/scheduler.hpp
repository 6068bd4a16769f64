// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "simulation/story.hpp"
#include "troupe/ids.hpp"
#include "troupe/interfaces.hpp"
#include "troupe/scheduling/scheduler_core.hpp"

#include <memory>
#include <optional>
#include <string>

namespace troupe::simulation {

/// The scheduler to which a story happens: events in, actions out.
class scheduler {
public:
  virtual ~scheduler();

  /// Whether each event has its actions at once, instead of all events of one
  /// time together.
  virtual bool acts_at_once() const = 0;

  /// Sets the time of the events that follow.
  virtual void advance(instant now) = 0;

  virtual void admit(const engine_joined& x) = 0;
  virtual void admit(client_id id, std::uint64_t token) = 0;
  virtual void lose(engine_id id) = 0;
  virtual void lose(client_id id) = 0;
  virtual void receive(multipart message) = 0;
  virtual void take_back(ec reason, multipart message) = 0;
  virtual cancel_counts cancel(client_id id, const cancel_request& what) = 0;

  /// Lets it look at what is due.
  virtual void tick() = 0;

  /// Returns what follows from the events since the last call.
  virtual scheduler_actions flush() = 0;

  /// Whether something waits that only `tick` moves on, sooner or later.
  virtual bool needs_tick() const = 0;

  /// When `tick` is due at the latest, if that matters.
  virtual std::optional<instant> next_due() const = 0;

  /// Looks for contradictions between all tables.
  virtual std::string validate() const = 0;
};

/// The rules alone.
std::unique_ptr<scheduler> make_rules(const task_scheduler_config& cfg);

/// The task scheduler as an actor, between probes that play its socket and the
/// hub, in the time of CAF's test coordinator.
std::unique_ptr<scheduler> make_actor(const task_scheduler_config& cfg);

} // namespace troupe::simulation
