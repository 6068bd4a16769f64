// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/direct_scheduler.hpp"

#include "actors/scheduling/cast_lane.hpp"
#include "support/deterministic_fixture.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::test;

namespace {

constexpr auto ann = client_id{1};
constexpr auto e0 = engine_id{0};
constexpr auto e1 = engine_id{1};

struct fixture : deterministic_fixture {
  fixture() {
    direct_scheduler_config cfg;
    cfg.resend = 20ms;
    scheduler = sys.spawn(direct_scheduler, cfg, socket.as<socket_actor>(),
                          report_function{});
    run();
    auto [attach, owner] = socket.take<atom::attach, socket_owner_actor>();
    BOOST_TEST((owner == scheduler));
    tell(hub, atom::attach_v, hub.as<loss_listener_actor>());
    tell(hub, atom::admit_v, ann, token_of(ann));
    deliver({join_message(peer_of(ann), token_of(ann))});
    BOOST_TEST(sent().credits[ann] == 1u);
    for (auto id : {e0, e1}) {
      tell(hub, atom::admit_v, announcement(id, {work}));
      deliver({join_message(peer_of(id), token_of(id))});
    }
  }

  ~fixture() {
    hub->send_exit(scheduler, caf::exit_reason::user_shutdown);
  }

  template <class... Ts>
  void tell(probe& sender, const Ts&... xs) {
    sender->send(scheduler, xs...);
    run();
  }

  void deliver(std::vector<multipart> messages) {
    tell(socket, delivery{0, std::move(messages), nullptr});
  }

  lane_output sent() {
    auto [out] = socket.take<outgoing>();
    scheduler_actions actions;
    actions.messages = std::move(out.messages);
    return sort_out(std::move(actions));
  }

  probe socket{sys};
  probe hub{sys};
  direct_scheduler_actor scheduler;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(direct_scheduler_suite, fixture)

BOOST_AUTO_TEST_CASE(one_delivery_is_answered_by_one_message) {
  deliver({cast_message(ann, casts(1, 2, {0, 1})),
           cast_message(ann, casts(5, 1, {0}))});
  auto out = sent();
  BOOST_TEST(out.dispatched[e0].size() == 3u);
  BOOST_TEST(out.dispatched[e1].size() == 2u);
  deliver({results_message(e1, {out.dispatched[e1][0].key})});
  BOOST_TEST(sent().reported[ann].size() == 1u);
  BOOST_TEST(socket.received_nothing());
}

BOOST_AUTO_TEST_CASE(a_lost_engine_ends_its_calls) {
  deliver({cast_message(ann, casts(1, 1, {0, 1}))});
  sent();
  tell(hub, atom::lost_v, e0);
  auto out = sent();
  BOOST_TEST((out.reported[ann].at(0).outcome == wire::Outcome::EngineLost));
}

BOOST_AUTO_TEST_CASE(tells_the_hub_who_cannot_be_reached) {
  deliver({cast_message(ann, casts(1, 1, {0}))});
  auto dispatch = sent().messages.at(0);
  tell(socket, returned{0, ec::peer_gone, dispatch});
  BOOST_TEST(hub.received(atom::gone_v, e0));
  BOOST_TEST(sent().reported[ann].size() == 1u);
  auto credit = multipart{peer_of(ann), {pack_credit(1, 1)}};
  tell(socket, returned{0, ec::peer_gone, credit});
  BOOST_TEST(hub.received(atom::gone_v, ann));
}

BOOST_AUTO_TEST_CASE(tells_the_hub_which_calls_are_cancelled) {
  deliver({cast_message(ann, casts(1, 1, {0}))});
  auto key = sent().dispatched[e0].at(0).key;
  auto request = hub->request(
    scheduler, caf::infinite, atom::cancel_v, ann,
    cancel_request{1, cancel_mode::stop, {{1 | direct_number, 1}}});
  run();
  auto [what, id, x] = hub.take<atom::revoke, engine_id, revocation>();
  BOOST_TEST((id == e0));
  BOOST_TEST((x.keys == std::vector<std::uint64_t>{direct_key(key)}));
  request.receive([](const cancel_counts& y) { BOOST_TEST(y.asked == 1u); },
                  [](const caf::error& err) { BOOST_ERROR(describe(err)); });
}

BOOST_AUTO_TEST_CASE(says_why_a_call_waits) {
  deliver({cast_message(ann, casts(1, 1, {0}))});
  sent();
  advance(40ms);
  auto request = hub->request(scheduler, caf::infinite, atom::why_v,
                              why_query{1, {ann, 1 | direct_number}});
  run();
  request.receive(
    [](const wait_reports& x) {
      BOOST_REQUIRE(x.reports.size() == 1u);
      BOOST_TEST(to_string(x.reports[0])
                 == "is with engine-0, as its first call for 40 ms");
    },
    [](const caf::error& err) { BOOST_ERROR(describe(err)); });
}

BOOST_AUTO_TEST_CASE(sends_again_what_had_no_room) {
  deliver({cast_message(ann, casts(1, 1, {0}))});
  auto dispatch = sent().messages.at(0);
  tell(socket, returned{0, ec::peer_full, dispatch});
  BOOST_TEST(socket.received_nothing());
  advance(20ms);
  BOOST_TEST(sent().dispatched[e0].size() == 1u);
  advance(1h);
  BOOST_TEST(socket.received_nothing());
}

BOOST_AUTO_TEST_CASE(a_lost_client_gets_nothing) {
  deliver({cast_message(ann, casts(1, 1, {0}))});
  auto out = sent();
  tell(hub, atom::lost_v, ann);
  deliver({results_message(e0, {out.dispatched[e0][0].key})});
  BOOST_TEST(socket.received_nothing());
}

BOOST_AUTO_TEST_CASE(status_has_loads_and_the_counters_of_the_socket) {
  deliver({cast_message(ann, casts(1, 3, {0, 1}))});
  sent();
  auto request = hub->request(scheduler, caf::infinite, atom::status_v);
  run();
  socket->receive([](atom::counters) {
    socket_counters result;
    result.bytes_lent = 4711;
    return result;
  });
  run();
  request.receive(
    [](const scheduler_status& x) {
      BOOST_REQUIRE(x.engines.size() == 2u);
      BOOST_TEST(x.engines[0].load == 3u);
      BOOST_TEST(x.accepted == 6u);
      BOOST_TEST(x.frames.bytes_lent == 4711u);
    },
    [](const caf::error& err) { BOOST_ERROR(describe(err)); });
}

BOOST_AUTO_TEST_SUITE_END()
