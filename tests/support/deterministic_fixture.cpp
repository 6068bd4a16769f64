// SPDX-License-Identifier: BSL-1.0

#include "support/deterministic_fixture.hpp"

#include "support/message_types.hpp"

#include <caf/actor_registry.hpp>
#include <caf/atom.hpp>

namespace troupe::test {

namespace {

caf::actor_system_config& init(caf::actor_system_config& cfg) {
  add_message_types(cfg);
  cfg.set("scheduler.policy", caf::atom("testing"));
  return cfg;
}

} // namespace

deterministic_fixture::deterministic_fixture()
  : sys(init(cfg_)),
    scheduler_(
      dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler())) {
  // nop
}

deterministic_fixture::~deterministic_fixture() {
  run();
  scheduler_.clock().cancel_all(); // pending timeouts keep actors alive
  run();
  auto leaked = sys.registry().running();
  BOOST_CHECK_MESSAGE(leaked == 0, leaked << " actors outlive the test");
  // Turn a leak into a failed check instead of a test that never ends.
  sys.await_actors_before_shutdown(leaked == 0);
}

void deterministic_fixture::run() {
  scheduler_.run();
}

void deterministic_fixture::advance(caf::timespan dt) {
  auto& clock = scheduler_.clock();
  auto deadline = clock.now() + dt;
  auto& pending = clock.schedule();
  while (!pending.empty() && pending.begin()->first <= deadline) {
    clock.trigger_timeout();
    run();
  }
  clock.current_time = deadline;
}

} // namespace troupe::test
