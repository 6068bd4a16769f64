// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "troupe/lanes/lanes.hpp"
#include "troupe/lanes/lanes_core.hpp"

#include <caf/extend.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace troupe {

/// Lanes with what their sockets and their own clock send.
using lanes_impl_actor = lanes_actor::extend_with<socket_owner_actor>::extend<
  // Time to look what is due. The actor sends this message to itself.
  caf::reacts_to<atom::wake>>;

/// The actor between three sockets and an owner. What to do is the business of
/// its `lanes_core`. If the handlers of the sockets run on their pump, this one
/// belongs there, too, and lets its owner in.
class lanes_actor_impl final : public lanes_impl_actor::base {
public:
  using super = lanes_impl_actor::base;

  lanes_actor_impl(caf::actor_config& cfg, bridge_actor bridge,
                   lanes_spec spec);

  const char* name() const override;

  caf::resumable::subtype_t subtype() const override;

  resume_result resume(caf::execution_unit* host, std::size_t max) override;

  behavior_type make_behavior() override;

  void on_exit() override;

private:
  using time_point = lanes_core::time_point;

  time_point now() const {
    return clock().now();
  }

  // -- handlers ---------------------------------------------------------------

  void attach_owner(lanes_owner_actor owner);

  caf::result<lane_endpoints> tell_endpoints();

  void start();

  void wake();

  void lose_actor(const caf::down_msg& x);

  // -- sockets ----------------------------------------------------------------

  bool connecting() const noexcept {
    return spec_.connect.has_value();
  }

  /// Whether `tag` is that of a socket which is open now.
  bool current(std::uint32_t tag) const noexcept;

  socket_spec socket_for(lane via) const;

  void open_sockets();

  void take_socket(lane via, std::uint32_t tag, open_socket& x);

  void fail_to_open(lane via, std::uint32_t tag, caf::error& err);

  /// Ends if not all sockets opened, once the others did: nobody else would
  /// close them.
  void give_up();

  void close_sockets();

  // -- output -----------------------------------------------------------------

  /// Does what the core wants.
  void flush();

  void send_to_socket(lane via, std::vector<multipart>& messages);

  void set_timer();

  bridge_actor bridge_;
  lanes_spec spec_;
  std::unique_ptr<lanes_core> core_;
  lanes_owner_actor owner_;
  per_lane<socket_actor> sockets_;
  per_lane<std::vector<multipart>> unsent_; // until the socket is open
  std::uint32_t generation_ = 1;            // of the sockets, = the attempt
  int missing_ = 0;                         // sockets that are not open yet
  caf::error open_error_; // of the first socket that did not open
  bool started_ = false;
  bool opened_once_ = false;
  lane_endpoints endpoints_;
  std::vector<caf::typed_response_promise<lane_endpoints>> waiting_;
  time_point timer_ = time_point::max();
};

} // namespace troupe
