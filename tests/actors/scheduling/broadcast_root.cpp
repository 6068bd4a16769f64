// SPDX-License-Identifier: BSL-1.0
#include "troupe/scheduling/broadcast_root.hpp"

#include "actors/scheduling/cast_lane.hpp"
#include "support/deterministic_fixture.hpp"
#include "troupe/scheduling/direct_scheduler.hpp"

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::test;

namespace {

using reason = wire::WaitReason;

constexpr auto ann = client_id{1};

/// A root with two leaves, which are probes.
struct fixture : deterministic_fixture {
  fixture() {
    direct_scheduler_config cfg;
    cfg.resend = 20ms;
    root = sys.spawn(broadcast_root, cfg, socket.as<socket_actor>(),
                     std::vector{as_leaf(left), as_leaf(right)});
    run();
    auto [attach, owner] = socket.take<atom::attach, socket_owner_actor>();
    BOOST_TEST((owner == root));
    tell(hub, atom::attach_v, hub.as<loss_listener_actor>());
    tell(hub, atom::admit_v, ann, token_of(ann));
    deliver({join_message(peer_of(ann), token_of(ann))});
    BOOST_TEST(sent().credits[ann] == 1u);
  }

  ~fixture() {
    hub->send_exit(root, caf::exit_reason::user_shutdown);
    run();
  }

  static broadcast_leaf as_leaf(probe& x) {
    auto handle = x.as<caf::actor>();
    return {caf::actor_cast<scheduler_actor>(handle),
            [handle](cast_orders orders) {
              caf::anon_send(handle, std::move(orders));
            }};
  }

  template <class... Ts>
  void tell(probe& sender, const Ts&... xs) {
    sender->send(root, xs...);
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

  /// Results as a leaf has them.
  static leaf_report report_of(task_number number, std::uint32_t engine) {
    leaf_outbox out;
    out.report(ann, {number, 0, 0, 0, 0, 0, 0, engine, 0, 1, 0, 0}, {}, {});
    out.end(ann, number, engine);
    return out.flush();
  }

  /// What the root says when its leaves say that.
  std::vector<wait_report> why(task_id id, std::vector<wait_report> l,
                               std::vector<wait_report> r) {
    auto request = hub->request(root, caf::infinite, atom::why_v,
                                why_query{1, id});
    run();
    left->receive([&](atom::why, const why_query&) { return wait_reports{l}; });
    right->receive(
      [&](atom::why, const why_query&) { return wait_reports{r}; });
    run();
    std::vector<wait_report> result;
    request.receive([&](const wait_reports& x) { result = x.reports; },
                    [](const caf::error& err) { BOOST_ERROR(describe(err)); });
    return result;
  }

  probe socket{sys};
  probe hub{sys};
  probe left{sys};
  probe right{sys};
  broadcast_root_actor root;
};

/// Answers the next message of `from`, which has to be a request.
template <class Request, class Answer>
void answer(probe& from, const Answer& x) {
  from->receive([&](Request) { return x; });
}

wait_report report(reason why, std::uint64_t count) {
  wait_report result;
  result.reason = why;
  result.count = count;
  return result;
}

scheduler_status status_of(engine_id id, std::uint64_t reported) {
  scheduler_status result;
  result.engines.push_back({id, 3, 0, 0, true});
  result.queued = 2;
  result.reported = reported;
  result.dropped = 1;
  return result;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(broadcast_root_suite, fixture)

BOOST_AUTO_TEST_CASE(one_delivery_is_one_message_per_leaf) {
  deliver({cast_message(ann, casts(1, 2, {0, 1})),
           cast_message(ann, casts(5, 1, {2}))});
  auto [l] = left.take<cast_orders>();
  auto [r] = right.take<cast_orders>();
  BOOST_TEST(l.casts.size() == 2u);
  BOOST_TEST(r.casts.size() == 1u);
  BOOST_TEST((l.casts[0].batch == r.casts[0].batch));
  BOOST_TEST(socket.received_nothing());
  deliver({cast_message(ann, casts(6, 1, {2}))});
  left.take<cast_orders>();
  BOOST_TEST(right.received_nothing());
}

BOOST_AUTO_TEST_CASE(results_of_leaves_go_to_their_client) {
  deliver({cast_message(ann, casts(1, 1, {0}))});
  left.take<cast_orders>();
  tell(left, report_of(1, 0));
  BOOST_TEST(sent().reported[ann].at(0).number == 1u);
}

BOOST_AUTO_TEST_CASE(a_lost_client_is_told_to_all_leaves) {
  deliver({cast_message(ann, casts(1, 1, {0, 1}))});
  left.take<cast_orders>();
  right.take<cast_orders>();
  tell(hub, atom::lost_v, ann);
  BOOST_TEST(left.received(atom::lost_v, ann));
  BOOST_TEST(right.received(atom::lost_v, ann));
  tell(left, report_of(1, 0));
  BOOST_TEST(socket.received_nothing());
}

BOOST_AUTO_TEST_CASE(tells_the_hub_which_client_cannot_be_reached) {
  auto credit = multipart{peer_of(ann), {pack_credit(1, 1)}};
  tell(socket, returned{0, ec::peer_gone, credit});
  BOOST_TEST(hub.received(atom::gone_v, ann));
}

BOOST_AUTO_TEST_CASE(sends_again_what_had_no_room) {
  deliver({cast_message(ann, casts(1, 1, {0}))});
  left.take<cast_orders>();
  tell(left, report_of(1, 0));
  auto results = sent().messages.at(0);
  tell(socket, returned{0, ec::peer_full, results});
  BOOST_TEST(socket.received_nothing());
  advance(20ms);
  BOOST_TEST(sent().reported[ann].size() == 1u);
}

BOOST_AUTO_TEST_CASE(status_is_that_of_all_leaves) {
  deliver({cast_message(ann, casts(1, 1, {0, 1}))});
  left.take<cast_orders>();
  right.take<cast_orders>();
  auto request = hub->request(root, caf::infinite, atom::status_v);
  run();
  answer<atom::counters>(socket, socket_counters{});
  run();
  answer<atom::status>(left, status_of(engine_id{0}, 7));
  answer<atom::status>(right, status_of(engine_id{1}, 8));
  run();
  request.receive(
    [](const scheduler_status& x) {
      BOOST_REQUIRE(x.engines.size() == 2u);
      BOOST_TEST(x.engines[1].load == 3u);
      BOOST_TEST(x.queued == 4u);
      BOOST_TEST(x.accepted == 2u);
      BOOST_TEST(x.reported == 0u); // what reached the root
      BOOST_TEST(x.dropped == 2u);
    },
    [](const caf::error& err) { BOOST_ERROR(describe(err)); });
}

BOOST_AUTO_TEST_CASE(status_does_not_wait_for_a_leaf_for_ever) {
  auto request = hub->request(root, caf::infinite, atom::status_v);
  run();
  advance(1s);
  request.receive(
    [](const scheduler_status& x) { BOOST_TEST(x.engines.empty()); },
    [](const caf::error& err) { BOOST_ERROR(describe(err)); });
  for (auto x : {&socket, &left, &right})
    while (!x->received_nothing())
      (*x)->dequeue();
}

BOOST_AUTO_TEST_CASE(cancels_count_what_all_leaves_cancelled) {
  auto request = hub->request(root, caf::infinite, atom::cancel_v, ann,
                              cancel_request{});
  run();
  for (auto leaf : {&left, &right})
    (*leaf)->receive([](atom::cancel, client_id id, const cancel_request&) {
      BOOST_TEST((id == ann));
      return cancel_counts{1, 2, 3};
    });
  run();
  request.receive(
    [](const cancel_counts& x) {
      BOOST_TEST(x.dequeued == 2u);
      BOOST_TEST(x.asked == 4u);
      BOOST_TEST(x.killed == 6u);
    },
    [](const caf::error& err) { BOOST_ERROR(describe(err)); });
}

BOOST_AUTO_TEST_CASE(counted_reasons_are_those_of_all_leaves) {
  auto sum = why({}, {report(reason::Dispatched, 2)},
                 {report(reason::Busy, 1), report(reason::Dispatched, 3)});
  BOOST_REQUIRE(sum.size() == 2u);
  BOOST_TEST(sum[0].count == 5u);
  BOOST_TEST((sum[1].reason == reason::Busy));
  BOOST_TEST(why({}, {}, {}).empty());
}

BOOST_AUTO_TEST_CASE(the_leaf_that_knows_a_call_says_why_it_waits) {
  auto unknown = report(reason::Unknown, 1);
  auto busy = report(reason::Busy, 1);
  for (auto& sum :
       {why({ann, 1}, {unknown}, {busy}), why({ann, 1}, {busy}, {unknown})}) {
    BOOST_REQUIRE(sum.size() == 1u);
    BOOST_TEST((sum[0].reason == reason::Busy));
    BOOST_TEST(sum[0].count == 1u);
  }
  auto none = why({ann, 1}, {unknown}, {unknown});
  BOOST_REQUIRE(none.size() == 1u);
  BOOST_TEST((none[0].reason == reason::Unknown));
}

BOOST_AUTO_TEST_CASE(ends_when_a_leaf_ends) {
  auto leaf = sys.spawn(direct_scheduler, direct_scheduler_config{},
                        left.as<socket_actor>(), report_function{});
  auto uut = sys.spawn(broadcast_root, direct_scheduler_config{},
                       socket.as<socket_actor>(),
                       std::vector{broadcast_leaf{leaf, [](cast_orders) {}}});
  run();
  hub->monitor(uut);
  hub->send_exit(leaf, caf::exit_reason::kill);
  run();
  auto [down] = hub.take<caf::down_msg>();
  BOOST_TEST((down.source == uut));
  BOOST_TEST(describe(down.reason).find("a leaf of the broadcast tree ended")
             != std::string::npos);
  left.take<atom::attach, socket_owner_actor>();
  socket.take<atom::attach, socket_owner_actor>();
}

BOOST_AUTO_TEST_SUITE_END()
