// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/lanes/lane_link.hpp"
#include "troupe/lanes/lanes_core.hpp"

namespace troupe {

/// The side that connects: one peer at a time. Each attempt uses fresh sockets,
/// opened when the output says so; the attempt's number is the peer's id.
class connecting_lanes final : public lanes_core {
public:
  connecting_lanes(lanes_limits limits, lane_link::limits bounds)
    : lanes_core(limits), link_(bounds) {
    // nop
  }

  /// The number of the attempt, from 1.
  std::uint64_t attempt() const noexcept {
    return attempt_;
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
  void start(time_point now);

  void say(lane_word word);

  void end(ec reason, const std::string& text, time_point now);

  lane_link link_;
  per_lane<bool> leaving_; // lanes that said goodbye
  routing_id nobody_;      // a DEALER needs no address
  identity_ptr user_;      // whom the peer proved to be
  std::uint64_t attempt_ = 0;
};

} // namespace troupe
