// SPDX-License-Identifier: BSL-1.0
#include "troupe/hub/hub_link.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <random>
#include <set>

using namespace std::chrono_literals;
using namespace troupe;

namespace {

using body = wire::Body;

message_view view(buffer message) {
  auto result = message_view::make(multipart{{std::move(message)}});
  BOOST_REQUIRE(result);
  return std::move(*result);
}

std::vector<body> kinds(const std::vector<buffer>& messages) {
  std::vector<body> result;
  for (auto& x : messages)
    result.push_back(view(x).kind());
  return result;
}

using bodies = std::vector<body>;

buffer welcome(std::uint32_t id = 3, std::uint64_t token = 77) {
  return pack_welcome({id, "engine-3", token, 1000, 4});
}

struct fixture {
  fixture() {
    cfg.hello.incarnation = 99;
    cfg.hello.functions = {{function_id_of("f"), 1, "f", "() -> void"}};
    cfg.endpoint = "ipc:///run/x";
    link = std::make_unique<hub_link>(cfg);
  }

  void use(wire::Role role) {
    cfg.hello.role = role;
    link = std::make_unique<hub_link>(cfg);
  }

  link_actions receive(buffer message) {
    return link->received(now, view(std::move(message)));
  }

  link_actions refuse_join(wire::RefusalCode code) {
    auto message = view(pack_refusal(code, "say hello first"));
    return link->received_refusal(now, *message.get<wire::Refusal>());
  }

  void join() {
    link->start(now);
    BOOST_REQUIRE(receive(welcome()).joined_now);
  }

  /// Moves time to the next deadline and ticks.
  link_actions next() {
    BOOST_REQUIRE(link->next_deadline().has_value());
    now = *link->next_deadline();
    return link->tick(now);
  }

  bool is(link_state x) const {
    return link->state() == x;
  }

  hub_link_config cfg;
  std::unique_ptr<hub_link> link;
  hub_link::time_point now{1000s};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(hub_link_suite, fixture)

// -- greeting -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(begins_with_a_hello_that_says_all) {
  auto actions = link->start(now);
  BOOST_CHECK(kinds(actions.control) == bodies{body::Hello});
  BOOST_TEST(actions.tasks.empty());
  auto message = view(actions.control[0]);
  auto hello = read_hello(*message.get<wire::Hello>());
  BOOST_REQUIRE(hello);
  BOOST_TEST(hello->incarnation == 99);
  BOOST_TEST(hello->functions.size() == 1);
}

BOOST_AUTO_TEST_CASE(repeats_the_hello_ever_more_slowly) {
  link->start(now);
  std::vector<std::chrono::nanoseconds> delays;
  for (auto last = now; delays.size() < 4; last = now) {
    BOOST_CHECK(kinds(next().control) == bodies{body::Hello});
    delays.push_back(now - last);
  }
  auto expected = 500ms;
  for (auto delay : delays) {
    BOOST_CHECK(delay >= expected * 3 / 4);
    BOOST_CHECK(delay <= expected * 5 / 4 + 5ms);
    expected *= 2;
  }
}

BOOST_AUTO_TEST_CASE(never_waits_longer_than_the_maximum_between_hellos) {
  cfg.connect_limit = 1h;
  link = std::make_unique<hub_link>(cfg);
  link->start(now);
  for (auto i = 0; i < 100; ++i) {
    auto last = now;
    next();
    BOOST_CHECK(now - last <= 6250ms);
  }
}

BOOST_AUTO_TEST_CASE(spreads_hellos_of_several_processes) {
  auto first_delay = [&](std::uint64_t incarnation) {
    cfg.hello.incarnation = incarnation;
    hub_link one{cfg};
    one.start(now);
    return *one.next_deadline() - now;
  };
  BOOST_CHECK(first_delay(1) == first_delay(1));
  std::set<std::chrono::nanoseconds> delays;
  for (auto i = 0u; i < 100; ++i)
    delays.insert(first_delay(i));
  BOOST_TEST(delays.size() > 20);
}

BOOST_AUTO_TEST_CASE(gives_up_a_controller_that_never_answers) {
  auto start = now;
  link->start(now);
  link_actions last;
  while (is(link_state::greeting))
    last = next();
  BOOST_CHECK(is(link_state::lost));
  BOOST_CHECK(now - start == 10s);
  BOOST_TEST(last.lost_now);
  BOOST_TEST(last.reason
             == "no answer from the controller at ipc:///run/x in 10 s");
  BOOST_TEST(!link->next_deadline().has_value());
}

BOOST_AUTO_TEST_CASE(names_fractions_of_seconds) {
  cfg.connect_limit = 1500ms;
  hub_link one{cfg};
  one.start(now);
  auto reason = one.tick(now + 1500ms).reason;
  BOOST_TEST(reason.ends_with("in 1.5 s"));
}

BOOST_AUTO_TEST_CASE(does_nothing_before_its_time) {
  link->start(now);
  auto early = link->tick(*link->next_deadline() - 1ns);
  BOOST_TEST(early.control.empty());
  BOOST_TEST(!early.lost_now);
}

BOOST_AUTO_TEST_CASE(tries_once_more_after_this_process_slept) {
  link->start(now);
  now += 1h;
  auto actions = link->tick(now);
  BOOST_TEST(!actions.lost_now);
  BOOST_CHECK(kinds(actions.control) == bodies{body::Hello});
  BOOST_TEST(receive(welcome()).joined_now);
}

// -- joining ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(joins_both_lanes_as_an_engine) {
  link->start(now);
  auto actions = receive(welcome(3, 77));
  BOOST_TEST(actions.joined_now);
  BOOST_CHECK(kinds(actions.control) == bodies{body::Ready});
  BOOST_CHECK(kinds(actions.tasks) == bodies{body::Join});
  BOOST_TEST(view(actions.tasks[0]).get<wire::Join>()->token() == 77);
  BOOST_TEST(link->joined());
  BOOST_TEST(link->id() == 3);
  BOOST_TEST(link->name() == "engine-3");
}

BOOST_AUTO_TEST_CASE(joins_the_task_lane_only_as_a_client) {
  use(wire::Role::Client);
  link->start(now);
  auto actions = receive(pack_welcome({5, "", 8, 1000, 4}));
  BOOST_TEST(actions.joined_now);
  BOOST_TEST(actions.control.empty());
  BOOST_CHECK(kinds(actions.tasks) == bodies{body::Join});
}

BOOST_AUTO_TEST_CASE(joins_once_if_several_hellos_are_answered) {
  join();
  auto again = receive(welcome());
  BOOST_TEST(!again.joined_now);
  BOOST_TEST(again.tasks.empty());
  BOOST_TEST(again.control.empty());
  auto other_token = receive(welcome(3, 78));
  BOOST_TEST(other_token.joined_now);
}

BOOST_AUTO_TEST_CASE(survives_a_welcome_with_senseless_numbers) {
  link->start(now);
  receive(pack_welcome({1, "x", 1, 0, 0}));
  BOOST_CHECK(*link->next_deadline() > now);
  receive(pack_welcome({1, "x", 2, 0xFFFFFFFF, 0xFFFFFFFF}));
  BOOST_CHECK(*link->next_deadline() > now);
}

BOOST_AUTO_TEST_CASE(answers_pings_with_its_load) {
  join();
  link->load(12, 345);
  auto actions = receive(pack_ping(6));
  BOOST_REQUIRE(kinds(actions.control) == bodies{body::Pong});
  auto message = view(actions.control[0]);
  auto pong = message.get<wire::Pong>();
  BOOST_TEST(pong->sequence() == 6);
  BOOST_TEST(pong->queued() == 12);
  BOOST_TEST(pong->done() == 345);
}

BOOST_AUTO_TEST_CASE(answers_no_ping_before_it_joined) {
  link->start(now);
  BOOST_TEST(receive(pack_ping(1)).control.empty());
}

// -- losing -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(loses_a_silent_controller_after_max_misses) {
  join();
  auto joined = now;
  auto actions = next();
  BOOST_CHECK(now - joined == 4s);
  BOOST_CHECK(is(link_state::lost));
  BOOST_TEST(actions.lost_now);
  BOOST_TEST(actions.reason
             == "no sign of life from the controller at ipc:///run/x for 4 s");
}

BOOST_AUTO_TEST_CASE(takes_any_message_as_a_sign_of_life) {
  join();
  buffer messages[] = {pack_ping(1), pack_status({}), pack_ready(), welcome(),
                       pack_refusal(wire::RefusalCode::Malformed, "what?")};
  for (auto& message : messages) {
    now += 3s;
    receive(message);
    BOOST_CHECK(*link->next_deadline() == now + 4s);
  }
  BOOST_TEST(link->joined());
}

BOOST_AUTO_TEST_CASE(grants_two_heartbeats_after_a_disconnect) {
  join();
  auto actions = link->disconnected(now);
  // Makes a hub that lost us say so.
  BOOST_CHECK(kinds(actions.control) == bodies{body::Pong});
  auto broke = now;
  actions = next();
  BOOST_CHECK(now - broke == 2s);
  BOOST_CHECK(is(link_state::lost));
  BOOST_TEST(actions.reason
             == "the connection to the controller at ipc:///run/x broke");
}

BOOST_AUTO_TEST_CASE(does_not_prolong_the_grace_by_more_disconnects) {
  join();
  link->disconnected(now);
  auto deadline = *link->next_deadline();
  now += 1s;
  BOOST_TEST(link->disconnected(now).control.empty());
  BOOST_CHECK(*link->next_deadline() == deadline);
}

BOOST_AUTO_TEST_CASE(goes_on_if_something_arrives_after_a_disconnect) {
  join();
  link->disconnected(now);
  now += 1s;
  receive(pack_ping(1));
  BOOST_CHECK(*link->next_deadline() == now + 4s);
  // The next time the connection breaks, it all begins anew.
  BOOST_CHECK(kinds(link->disconnected(now).control) == bodies{body::Pong});
  BOOST_CHECK(*link->next_deadline() == now + 2s);
}

BOOST_AUTO_TEST_CASE(ignores_disconnects_while_greeting) {
  link->start(now);
  auto deadline = *link->next_deadline();
  BOOST_TEST(link->disconnected(now).control.empty());
  BOOST_CHECK(*link->next_deadline() == deadline);
}

BOOST_AUTO_TEST_CASE(starts_again_when_the_task_lane_broke) {
  join();
  auto actions = link->task_lane_disconnected(now);
  BOOST_CHECK(kinds(actions.control) == (bodies{body::Goodbye, body::Hello}));
  BOOST_CHECK(is(link_state::greeting));
  BOOST_TEST(link->task_lane_disconnected(now).control.empty());
}

BOOST_AUTO_TEST_CASE(gives_up_early_when_both_lanes_broke) {
  join();
  link->task_lane_disconnected(now);
  link->disconnected(now);
  auto broke = now;
  while (is(link_state::greeting))
    next();
  BOOST_CHECK(is(link_state::lost));
  BOOST_CHECK(now - broke <= 2s);
}

BOOST_AUTO_TEST_CASE(asks_once_more_after_this_process_was_stopped) {
  join();
  now += 1h; // SIGSTOP, SIGCONT
  auto actions = link->tick(now);
  BOOST_TEST(!actions.lost_now);
  BOOST_CHECK(kinds(actions.control) == bodies{body::Pong});
  BOOST_CHECK(*link->next_deadline() == now + 1s);
  BOOST_TEST(next().lost_now);
}

// -- refusals -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(greets_again_under_its_name_when_the_hub_forgot_it) {
  join();
  auto actions =
    receive(pack_refusal(wire::RefusalCode::UnknownPeer, "say hello"));
  BOOST_CHECK(is(link_state::greeting));
  BOOST_REQUIRE(kinds(actions.control) == bodies{body::Hello});
  auto message = view(actions.control[0]);
  auto hello = read_hello(*message.get<wire::Hello>());
  BOOST_TEST(hello->name == "engine-3");
  BOOST_TEST(hello->incarnation == 99);
  // More refusals are on their way; they need no more hellos.
  actions = receive(pack_refusal(wire::RefusalCode::UnknownPeer, "say hello"));
  BOOST_TEST(actions.control.empty());
  actions = receive(welcome(9, 123));
  BOOST_TEST(actions.joined_now);
  BOOST_TEST(link->id() == 9);
}

BOOST_AUTO_TEST_CASE(names_both_versions_when_they_differ) {
  cfg.hello.version = 9;
  link = std::make_unique<hub_link>(cfg);
  link->start(now);
  auto actions = receive(pack_refusal(wire::RefusalCode::Version, "no"));
  BOOST_CHECK(is(link_state::refused));
  BOOST_TEST(actions.lost_now);
  BOOST_TEST(actions.reason.find("protocol version 9,") != std::string::npos);
  BOOST_TEST(actions.reason.find(
               "version " + std::to_string(limits::protocol_version) + ":")
             != std::string::npos);
}

BOOST_AUTO_TEST_CASE(ends_with_the_text_of_any_other_refusal) {
  for (auto code : {wire::RefusalCode::NameTaken, wire::RefusalCode::Limit,
                    wire::RefusalCode::Malformed}) {
    hub_link one{cfg};
    one.start(now);
    auto actions = one.received(now, view(pack_refusal(code, "the reason")));
    BOOST_CHECK(one.state() == link_state::refused);
    BOOST_TEST(actions.lost_now);
    BOOST_TEST(actions.reason.ends_with("refused: the reason"));
  }
}

BOOST_AUTO_TEST_CASE(joins_again_then_greets_again_if_the_scheduler_refuses) {
  join();
  auto actions = refuse_join(wire::RefusalCode::UnknownPeer);
  BOOST_CHECK(kinds(actions.tasks) == bodies{body::Join});
  BOOST_TEST(link->joined());
  actions = refuse_join(wire::RefusalCode::UnknownPeer);
  BOOST_CHECK(kinds(actions.control) == bodies{body::Hello});
  BOOST_CHECK(is(link_state::greeting));
  BOOST_TEST(refuse_join(wire::RefusalCode::UnknownPeer).tasks.empty());
  // The hub still knows us: the same token, to be presented anew.
  actions = receive(welcome());
  BOOST_TEST(actions.joined_now);
  BOOST_CHECK(kinds(actions.tasks) == bodies{body::Join});
}

BOOST_AUTO_TEST_CASE(ignores_other_refusals_of_the_scheduler) {
  join();
  auto actions = refuse_join(wire::RefusalCode::Malformed);
  BOOST_TEST(actions.tasks.empty());
  BOOST_TEST(link->joined());
}

// -- goodbyes -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(closes_when_the_controller_says_goodbye) {
  join();
  auto actions = receive(pack_goodbye("the controller stops"));
  BOOST_CHECK(is(link_state::closed));
  BOOST_TEST(actions.lost_now);
  BOOST_TEST(actions.reason == "the controller stops");
  BOOST_TEST(receive(pack_ping(1)).control.empty());
  BOOST_TEST(!link->tick(now + 1h).lost_now);
}

BOOST_AUTO_TEST_CASE(closes_when_the_controller_is_closing) {
  join();
  BOOST_TEST(refuse_join(wire::RefusalCode::Closing).lost_now);
  BOOST_CHECK(is(link_state::closed));
}

BOOST_AUTO_TEST_CASE(says_goodbye_once) {
  join();
  auto actions = link->leave("done");
  BOOST_CHECK(kinds(actions.control) == bodies{body::Goodbye});
  BOOST_CHECK(is(link_state::closed));
  BOOST_TEST(link->leave("done").control.empty());
}

// -- any order of events ------------------------------------------------------

/// Feeds one random event to `link`.
link_actions random_event(hub_link& link, hub_link::time_point now,
                          std::mt19937& random) {
  using code = wire::RefusalCode;
  auto refusal = [&] {
    return view(pack_refusal(static_cast<code>(random() % 6), "no"));
  };
  switch (random() % 8) {
    case 0:
      return link.received(now, view(welcome(random() % 3, random() % 3)));
    case 1:
      return link.received(now, view(pack_ping(random())));
    case 2:
      return link.received(now, view(pack_status({})));
    case 3:
      return link.disconnected(now);
    case 4:
      // Rarely, since most refusals end a link.
      return random() % 8 == 0 ? link.received(now, refusal()) : link.tick(now);
    case 5: {
      auto message = refusal();
      return link.received_refusal(now, *message.get<wire::Refusal>());
    }
    default:
      return link.tick(now);
  }
}

BOOST_AUTO_TEST_CASE(ends_once_and_never_spins_whatever_happens) {
  for (auto seed = 0u; seed < 300; ++seed) {
    std::mt19937 random{seed};
    hub_link one{cfg};
    one.start(now);
    auto ends = 0;
    for (auto t = now; one.next_deadline(); t += random() % 900 * 1ms) {
      auto before = one.state();
      auto actions = random_event(one, t, random);
      ends += actions.lost_now;
      // Ended and with a reason, or alive and with a deadline.
      BOOST_REQUIRE(actions.lost_now == !one.next_deadline().has_value());
      BOOST_REQUIRE(actions.lost_now == !actions.reason.empty());
      BOOST_REQUIRE(!actions.joined_now || one.joined());
      BOOST_REQUIRE(!actions.joined_now || actions.tasks.size() == 1);
      BOOST_REQUIRE(before != link_state::greeting || !one.joined()
                    || actions.joined_now);
      // After a tick, the next deadline lies ahead.
      one.tick(t);
      BOOST_REQUIRE(!one.next_deadline() || *one.next_deadline() > t);
    }
    BOOST_REQUIRE(ends <= 1);
    BOOST_REQUIRE(random_event(one, now, random).control.empty());
  }
}

BOOST_AUTO_TEST_CASE(names_its_states) {
  BOOST_TEST(to_string(link_state::greeting) == "greeting");
  BOOST_TEST(to_string(link_state::closed) == "closed");
  BOOST_TEST(to_string(static_cast<link_state>(77)) == "invalid");
}

BOOST_AUTO_TEST_SUITE_END()
