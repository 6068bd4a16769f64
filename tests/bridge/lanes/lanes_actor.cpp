// SPDX-License-Identifier: BSL-1.0

#include <troupe/lanes/lane_header.hpp>
#include <troupe/lanes/lanes.hpp>

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using namespace troupe;

namespace {

/// Lanes that run when the test asks for it, in a time of its own. The test
/// plays their bridge and their owner.
struct fixture {
  fixture() {
    spec.connect = *derive_lanes("tcp://127.0.0.1:7000");
    spec.sockets.max_message = 1000;
    spec.sockets.max_frames = 5;
  }

  ~fixture() {
    caf::anon_send(lanes, atom::close_v);
    time.run();
  }

  /// Spawns lanes that ask for their sockets.
  void start() {
    lanes = spawn_lanes(sys, caf::actor_cast<bridge_actor>(bridge), spec);
    owner->send(lanes, atom::attach_v,
                caf::actor_cast<lanes_owner_actor>(owner));
    time.run();
  }

  /// Takes what the lanes ask the bridge for.
  socket_spec take_asked() {
    auto asked = bridge.ptr()->dequeue();
    BOOST_REQUIRE((asked->content().match_elements<atom::open, socket_spec>()));
    return asked->content().get_as<socket_spec>(1);
  }

  static caf::actor_system_config& init(caf::actor_system_config& cfg) {
    cfg.add_message_types<caf::id_block::troupe_bridge>();
    cfg.set("scheduler.policy", caf::atom("testing"));
    return cfg;
  }

  caf::actor_system_config cfg;
  caf::actor_system sys{init(cfg)};
  caf::scheduler::test_coordinator& time =
    dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler());
  caf::scoped_actor bridge{sys, true};
  caf::scoped_actor owner{sys, true};
  lanes_spec spec;
  lanes_actor lanes;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(lanes_actor_suite, fixture)

// What the bridge opened after that would stay open.
BOOST_AUTO_TEST_CASE(waits_for_the_bridge_as_long_as_it_takes) {
  start();
  owner->monitor(lanes);
  time.advance_time(1h);
  time.run();
  BOOST_TEST(!owner.ptr()->has_next_message());
  owner->demonitor(lanes.address());
}

BOOST_AUTO_TEST_CASE(leaves_room_for_its_header) {
  start();
  for (auto via : all_lanes) {
    auto asked = take_asked();
    BOOST_TEST(asked.connect[0] == (*spec.connect)[via]);
    BOOST_TEST(asked.max_frames == 6);
    BOOST_TEST(asked.max_message == 1000 + pack(lane_header{}).size());
  }
}

BOOST_AUTO_TEST_SUITE_END()
