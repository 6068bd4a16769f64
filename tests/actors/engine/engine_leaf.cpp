// SPDX-License-Identifier: BSL-1.0
#include "support/deterministic_fixture.hpp"
#include "troupe/engine/engine.hpp"
#include "troupe/error.hpp"
#include "troupe/protocol/read.hpp"

#include <optional>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::test;

// An engine that finds its direct lane at one of two leaves.

namespace {

struct fixture : deterministic_fixture {
  fixture() {
    engine_config cfg;
    cfg.endpoint = "ipc:///x";
    cfg.leaves = {"ipc:///leaf-0", "ipc:///leaf-1"};
    cfg.bridge = bridge.as<bridge_actor>();
    cfg.leaf_socket.type = socket_type::dealer;
    auto runner = std::make_shared<task_runner>(function_registry::global(),
                                                [] {});
    aut = sys.spawn(engine, cfg, control.as<socket_actor>(),
                    tasks.as<socket_actor>(), socket_actor{}, runner,
                    [this](engine_end how, std::string) { end = how; });
    run();
    control.take<atom::attach, socket_owner_actor>();
    tasks.take<atom::attach, socket_owner_actor>();
    control.take<outgoing>();
  }

  ~fixture() {
    caf::anon_send_exit(aut, caf::exit_reason::kill);
    aut = nullptr;
    run();
    for (auto x : {&control, &tasks, &bridge, &first, &second})
      while (!x->received_nothing())
        (*x)->dequeue();
  }

  void welcome(std::uint32_t id, std::uint64_t token) {
    delivery x;
    x.tag = control_lane;
    x.messages.push_back(
      multipart{{pack_welcome({id, "blue", token, 1000, 4})}});
    caf::anon_send(aut, std::move(x));
    run();
  }

  /// Answers the wish for a socket, and returns what was wanted.
  socket_spec open(const probe& socket) {
    BOOST_REQUIRE(!bridge.received_nothing());
    socket_spec result;
    bridge->receive([&](atom::open, const socket_spec& spec) {
      result = spec;
      return open_socket{socket.as<socket_actor>(), {}};
    });
    run();
    return result;
  }

  static std::uint64_t token_of_join(probe& lane) {
    auto [batch] = lane.take<outgoing>();
    auto view = message_view::make(std::move(batch.messages.at(0)));
    return view->get<wire::Join>()->token();
  }

  void disconnect(std::uint32_t tag) {
    socket_event x;
    x.tag = tag;
    x.what = socket_event::kind::disconnected;
    caf::anon_send(aut, x);
    run();
  }

  probe control{sys};
  probe tasks{sys};
  probe bridge{sys};
  probe first{sys};
  probe second{sys};
  engine_actor aut;
  std::optional<engine_end> end;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(engine_leaf_suite, fixture)

BOOST_AUTO_TEST_CASE(joins_the_leaf_of_its_number) {
  BOOST_TEST(bridge.received_nothing());
  welcome(7, 99);
  BOOST_TEST(token_of_join(tasks) == 99u);
  auto spec = open(first);
  BOOST_TEST(spec.connect.at(0) == "ipc:///leaf-1");
  BOOST_TEST((spec.ends_with == aut.address()));
  auto [attach, owner] = first.take<atom::attach, socket_owner_actor>();
  BOOST_TEST((owner == aut));
  BOOST_TEST(token_of_join(first) == 99u);
}

BOOST_AUTO_TEST_CASE(joins_with_its_latest_token) {
  welcome(7, 99);
  welcome(9, 100); // before the socket is there
  open(first);
  first.take<atom::attach, socket_owner_actor>();
  BOOST_TEST(token_of_join(first) == 100u);
  BOOST_TEST(first.received_nothing());
  BOOST_TEST(bridge.received_nothing());
}

BOOST_AUTO_TEST_CASE(moves_to_another_leaf_with_another_number) {
  welcome(7, 99);
  auto old = open(first);
  first.take<atom::attach, socket_owner_actor>();
  first.take<outgoing>();
  welcome(8, 100);
  BOOST_TEST(first.received(atom::close_v));
  auto spec = open(second);
  BOOST_TEST(spec.connect.at(0) == "ipc:///leaf-0");
  BOOST_TEST(spec.tag != old.tag);
  second.take<atom::attach, socket_owner_actor>();
  BOOST_TEST(token_of_join(second) == 100u);
  control.take<outgoing>();
  control.take<outgoing>();
  disconnect(old.tag); // that was our own doing
  BOOST_TEST(control.received_nothing());
  disconnect(spec.tag); // calls may be lost: it comes back as somebody new
  BOOST_TEST(!control.received_nothing());
}

BOOST_AUTO_TEST_CASE(closes_a_socket_that_comes_too_late) {
  welcome(7, 99);
  welcome(8, 100);
  open(first);
  BOOST_TEST(first.received(atom::close_v));
  BOOST_TEST(first.received_nothing());
  open(second);
  second.take<atom::attach, socket_owner_actor>();
  BOOST_TEST(token_of_join(second) == 100u);
}

BOOST_AUTO_TEST_CASE(ends_without_a_way_to_its_leaf) {
  welcome(7, 99);
  bridge->receive(
    [](atom::open, const socket_spec&) -> caf::result<open_socket> {
      return make_error(ec::endpoint_failed, "no such place");
    });
  run();
  BOOST_TEST(end.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
