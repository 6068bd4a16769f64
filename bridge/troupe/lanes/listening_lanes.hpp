// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/lanes/lane_table.hpp"
#include "troupe/lanes/lanes_core.hpp"
#include "troupe/refusal_log.hpp"

namespace troupe {

/// The side that listens: any number of peers.
class listening_lanes final : public lanes_core {
public:
  listening_lanes(lanes_limits limits, lane_table::limits bounds)
    : lanes_core(limits), table_(bounds) {
    // nop
  }

  void note(lane via, const socket_event& x, time_point now) override;

  void drop(peer_id peer, time_point now) override;

protected:
  const routing_id* connection_to(peer_id peer, lane via) const override;

  peer_id peer_of(lane via, const routing_id& connection,
                  bool past) const override;

  void handle(lane via, const multipart& message, const lane_header& header,
              time_point now) override;

  void meet_stranger(lane via, const multipart& message,
                     time_point now) override;

  void misbehaved(lane via, const multipart& message, ec reason,
                  const std::string& text, time_point now) override;

  void lost(lane via, const routing_id& connection, ec reason,
            const std::string& text, time_point now) override;

  void say_goodbye() override;

  void tick_link(time_point now) override;

  time_point link_deadline() const override;

private:
  void apply(const std::vector<lane_change>& changes, time_point now);

  /// Tells the owner that a connection, or what came over it, was refused, but
  /// of each connection and reason at most once a second.
  /// @returns whether it did, and the other side may be answered, too.
  bool refuse(lane via, const routing_id& connection, ec reason,
              const std::string& text, identity_ptr user, time_point now);

  bool refuse(const lane_change& x, time_point now);

  void tell(const lane_change& change, lane_word word);

  void say_hello(lane via, const multipart& message, const lane_header& header,
                 time_point now);

  /// Begins to look for peers whose connection of a lane is gone.
  void suspect(lane via, time_point probe_time);

  void probe();

  lane_table table_;
  refusal_log refusals_; // of those who are no peers

  /// ZeroMQ tells that a connection of a lane broke, not whose it was: sending
  /// to all of them tells, some time later.
  per_lane<bool> suspicious_;
  int probes_left_ = 0;
  time_point probe_time_ = time_point::max();
  time_point last_series_ = time_point::min(); // when it began
  time_point next_series_ = time_point::max();
};

} // namespace troupe
