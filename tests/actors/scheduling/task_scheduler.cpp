// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/task_scheduler.hpp"

#include "actors/scheduling/lane.hpp"
#include "support/deterministic_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::test;

namespace {

constexpr auto ann = client_id{1};
constexpr auto e0 = engine_id{0};

struct fixture : deterministic_fixture {
  fixture() {
    task_scheduler_config cfg;
    cfg.hwm = 4;
    cfg.engine_wait = 10s;
    cfg.period = 1s;
    scheduler = sys.spawn(task_scheduler, cfg, socket.as<socket_actor>());
    run();
    auto [attach, owner] = socket.take<atom::attach, socket_owner_actor>();
    BOOST_TEST((owner == scheduler));
    tell(hub, atom::attach_v, hub.as<loss_listener_actor>());
  }

  ~fixture() {
    hub->send_exit(scheduler, caf::exit_reason::user_shutdown);
  }

  /// Sends a message to the scheduler.
  template <class... Ts>
  void tell(probe& sender, const Ts&... xs) {
    sender->send(scheduler, xs...);
    run();
  }

  /// Delivers messages from the socket as one.
  void deliver(std::vector<multipart> messages) {
    tell(socket, delivery{0, std::move(messages), nullptr});
  }

  /// Takes the one message with which an activation sends.
  lane_output sent() {
    auto [out] = socket.take<outgoing>();
    scheduler_actions actions;
    actions.messages = std::move(out.messages);
    return sort_out(std::move(actions));
  }

  /// Admits a client and lets it join.
  void with_client() {
    tell(hub, atom::admit_v, ann, token_of(ann));
    deliver({join_message(peer_of(ann), token_of(ann))});
    BOOST_TEST(sent().credits[ann] == 1u);
  }

  /// Admits an engine and lets it join.
  void with_engine() {
    tell(hub, atom::admit_v, announcement(e0, {work}));
    deliver({join_message(peer_of(e0), token_of(e0))});
  }

  /// Messages that are to be sent later.
  std::size_t timeouts() {
    using coordinator = caf::scheduler::test_coordinator;
    return dynamic_cast<coordinator&>(sys.scheduler())
      .clock()
      .schedule()
      .size();
  }

  std::vector<std::uint64_t> keys(const std::vector<dispatched_task>& xs) {
    std::vector<std::uint64_t> result;
    for (auto& x : xs)
      result.push_back(x.key);
    return result;
  }

  probe socket{sys};
  probe hub{sys};
  task_scheduler_actor scheduler;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(task_scheduler_suite, fixture)

BOOST_AUTO_TEST_CASE(one_delivery_is_answered_by_one_message) {
  with_client();
  with_engine();
  deliver({submit_message(ann, tasks(1, 2)), submit_message(ann, tasks(3, 3))});
  auto out = sent();
  BOOST_TEST(out.batches == 1u);
  BOOST_TEST(out.dispatched[e0].size() == 3u);
  deliver({results_message(e0, keys(out.dispatched[e0]))});
  BOOST_TEST(sent().reported[ann].size() == 3u);
  BOOST_TEST(socket.received_nothing());
}

BOOST_AUTO_TEST_CASE(sends_nothing_when_nothing_follows) {
  with_engine();
  tell(hub, atom::lost_v, client_id{9});
  tell(hub, atom::lost_v, engine_id{9});
  BOOST_TEST(socket.received_nothing());
}

BOOST_AUTO_TEST_CASE(does_not_wake_up_while_nothing_waits) {
  with_client();
  with_engine();
  deliver({submit_message(ann, tasks(1, 1))});
  sent();
  BOOST_TEST(timeouts() == 0u);
  advance(1h);
  BOOST_TEST(socket.received_nothing());
  BOOST_TEST(hub.received_nothing());
}

BOOST_AUTO_TEST_CASE(looks_do_not_pile_up) {
  with_client();
  with_engine();
  auto late = tasks(1, 1);
  late.front().demand.queue_ms = 3'600'000;
  deliver({submit_message(ann, late)});
  deliver({results_message(e0, keys(sent().dispatched[e0]))});
  sent();
  BOOST_TEST(timeouts() == 1u); // in an hour
  for (task_number i = 2; i < 20; i += 2) {
    deliver({submit_message(ann, tasks(i, i + 1))});
    auto out = sent(); // two tasks: the scheduler looks for balance soon
    BOOST_TEST(timeouts() == 2u);
    deliver({results_message(e0, keys(out.dispatched[e0]))});
    sent();
    advance(100ms);
    BOOST_TEST(timeouts() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(tasks_end_as_impossible_when_no_engine_comes) {
  with_client();
  advance(5s);
  deliver({submit_message(ann, tasks(1, 1))});
  BOOST_TEST(socket.received_nothing());
  BOOST_TEST(timeouts() == 1u);
  advance(9s);
  BOOST_TEST(timeouts() == 1u);
  BOOST_TEST(socket.received_nothing());
  advance(1s);
  auto xs = sent().reported[ann];
  BOOST_REQUIRE(xs.size() == 1u);
  BOOST_TEST((xs[0].outcome == wire::Outcome::Impossible));
  BOOST_TEST(xs[0].why.type == "no_engines");
}

BOOST_AUTO_TEST_CASE(tasks_wait_for_an_engine) {
  with_client();
  deliver({submit_message(ann, tasks(1, 1))});
  advance(9s);
  with_engine();
  BOOST_TEST(sent().dispatched[e0].size() == 1u);
  advance(10s);
  BOOST_TEST(timeouts() == 0u);
  BOOST_TEST(socket.received_nothing());
}

BOOST_AUTO_TEST_CASE(a_lost_engine_ends_its_tasks) {
  with_client();
  with_engine();
  deliver({submit_message(ann, tasks(1, 1))});
  sent();
  tell(hub, atom::lost_v, e0);
  auto out = sent();
  BOOST_TEST((out.reported[ann].at(0).outcome == wire::Outcome::EngineLost));
}

BOOST_AUTO_TEST_CASE(tells_the_hub_who_cannot_be_reached) {
  with_client();
  with_engine();
  deliver({submit_message(ann, tasks(1, 1))});
  auto dispatch = sent().messages.at(0);
  tell(socket, returned{0, ec::peer_gone, dispatch});
  BOOST_TEST(hub.received(atom::gone_v, e0));
  auto credit = multipart{peer_of(ann), {pack_credit(1, 1)}};
  tell(socket, returned{0, ec::peer_gone, credit});
  BOOST_TEST(hub.received(atom::gone_v, ann));
  tell(socket, returned{0, ec::peer_gone, credit});
  BOOST_TEST(hub.received_nothing());
}

BOOST_AUTO_TEST_CASE(a_lost_client_gets_nothing) {
  with_client();
  with_engine();
  deliver({submit_message(ann, tasks(1, 1))});
  auto out = sent();
  tell(hub, atom::lost_v, ann);
  deliver({results_message(e0, keys(out.dispatched[e0]))});
  BOOST_TEST(socket.received_nothing());
}

BOOST_AUTO_TEST_CASE(status_has_loads_and_the_counters_of_the_socket) {
  with_client();
  with_engine();
  deliver({submit_message(ann, tasks(1, 6))});
  sent();
  auto request = hub->request(scheduler, caf::infinite, atom::status_v);
  run();
  socket->receive([](atom::counters) {
    socket_counters result;
    result.bytes_copied = 4711;
    return result;
  });
  run();
  request.receive(
    [](const scheduler_status& x) {
      BOOST_REQUIRE(x.engines.size() == 1u);
      BOOST_TEST(x.engines[0].load == 4u);
      BOOST_TEST(x.engines[0].joined);
      BOOST_TEST(x.queued == 2u);
      BOOST_TEST(x.accepted == 6u);
      BOOST_TEST(x.frames.bytes_copied == 4711u);
    },
    [](const caf::error& err) { BOOST_ERROR(describe(err)); });
}

BOOST_AUTO_TEST_CASE(status_goes_without_counters_if_the_socket_is_silent) {
  with_engine();
  auto request = hub->request(scheduler, caf::infinite, atom::status_v);
  run();
  advance(499ms);
  BOOST_TEST(hub.received_nothing());
  advance(1ms);
  request.receive(
    [](const scheduler_status& x) { BOOST_TEST(x.engines.size() == 1u); },
    [](const caf::error& err) { BOOST_ERROR(describe(err)); });
  BOOST_TEST(socket.received(atom::counters_v));
}

BOOST_AUTO_TEST_SUITE_END()
