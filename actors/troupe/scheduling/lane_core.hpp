// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/error.hpp"
#include "troupe/scheduling/outbox.hpp"
#include "troupe/scheduling/peer_table.hpp"
#include "troupe/scheduling/scheduler_actions.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace troupe {

/// What the rules of both schedulers do with those at the other end of their
/// lane: who joins from which connection, whose message means what, and what
/// could not be sent.
class lane_core {
public:
  using time_point = std::chrono::steady_clock::time_point;

  lane_core(const lane_core&) = delete;

  lane_core& operator=(const lane_core&) = delete;

  /// Sets the time of the events that follow.
  void advance(time_point now) noexcept {
    now_ = now;
  }

  /// Takes a message from the lane.
  void receive(multipart message);

  /// Takes back a message that could not be sent.
  void take_back(ec reason, multipart message);

protected:
  /// @param submission what clients send
  /// @param tasks, bytes the credit of each client
  lane_core(wire::Body submission, std::uint32_t tasks, std::uint64_t bytes)
    : submission_(submission), credit_tasks_(tasks), credit_bytes_(bytes) {
    // nop
  }

  ~lane_core() = default;

  // -- what follows for the rules ---------------------------------------------

  virtual bool joined(const engine_record& engine) const = 0;

  /// Begins to hand out to an engine that did not join yet.
  virtual void enter(engine_record& engine) = 0;

  /// Stops to hand out to an engine, if it joined.
  virtual void leave(engine_record& engine) = 0;

  /// Recovers, or ends, what an engine had that cannot answer any more.
  virtual void strand(engine_record& engine) = 0;

  /// The same for an engine that ends and has begun none of that.
  virtual void withdraw(engine_record& engine) = 0;

  virtual void submit(client_record& client, message_view message) = 0;

  virtual void collect(engine_record& engine, const message_view& message) = 0;

  /// Recovers what is in a message for an engine, or for nobody any more.
  /// @param gone whether it was not delivered because the engine is not there
  virtual void undo(engine_record* engine, bool gone, multipart message) = 0;

  // -- for the rules ----------------------------------------------------------

  void refuse(const routing_id& peer, wire::RefusalCode code,
              std::string_view text);

  /// Drops and counts what makes no sense.
  void drop(const routing_id& peer, wire::RefusalCode code,
            std::string_view text);

  time_point now_{};
  peer_table peers_;

  // Of this round.
  outbox outbox_;
  scheduler_actions actions_;
  std::vector<std::byte> scratch_;

  std::uint64_t accepted_ = 0;
  std::uint64_t reported_ = 0;
  std::uint64_t dropped_ = 0;

private:
  void join(const routing_id& peer, const wire::Join& message);

  void join(engine_record& engine, const routing_id& peer);

  void join(client_record& client, const routing_id& peer);

  /// Notes a connection of a peer. Returns `false` if it is older than the one
  /// that it has.
  static bool renew(peer_ref x, std::uint32_t connection);

  /// Lets go of the connection of a peer, whose place another one takes.
  void replace(peer_ref x);

  wire::Body submission_;
  std::uint32_t credit_tasks_;
  std::uint64_t credit_bytes_;
};

} // namespace troupe
