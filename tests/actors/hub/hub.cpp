// SPDX-License-Identifier: BSL-1.0
#include "troupe/hub/hub.hpp"

#include "support/deterministic_fixture.hpp"

#include <algorithm>
#include <random>

using namespace std::chrono_literals;
using namespace troupe;

namespace {

using body = wire::Body;

routing_id peer(int number) {
  return routing_id{std::string{"\0abc", 4} + static_cast<char>(number)};
}

const auto alice = peer(1);
const auto bob = peer(2);
const auto carol = peer(3);

hello_message hello(wire::Role role, std::uint64_t incarnation) {
  hello_message result;
  result.role = role;
  result.incarnation = incarnation;
  result.pid = 42;
  result.host = "atlas";
  if (role == wire::Role::Engine)
    result.functions = {{function_id_of("f"), 1, "f", "() -> void"}};
  return result;
}

struct fixture : test::deterministic_fixture {
  fixture() {
    hub_config cfg;
    cfg.token_seed = 11;
    cfg.max_misses = 2;
    aut = sys.spawn(hub, cfg, socket.as<socket_actor>(),
                    scheduler.as<membership_listener_actor>(),
                    direct.as<membership_listener_actor>(),
                    std::vector<membership_listener_actor>{},
                    owner.as<caf::actor>());
    run();
    auto [what, who] = socket.take<atom::attach, socket_owner_actor>();
    BOOST_CHECK(who == aut);
  }

  ~fixture() {
    caf::anon_send_exit(aut, caf::exit_reason::kill);
    aut = nullptr;
    run();
    drain(); // their messages hold handles
  }

  void drain() {
    for (auto x : {&socket, &scheduler, &direct, &owner})
      while (!x->received_nothing())
        (*x)->dequeue();
  }

  // -- what comes from outside ------------------------------------------------

  /// Lets messages arrive together.
  void arrive(std::vector<multipart> messages) {
    caf::anon_send(aut, delivery{0, std::move(messages), nullptr});
    run();
  }

  void arrive(const routing_id& from, buffer message) {
    arrive({multipart{from, {std::move(message)}}});
  }

  void bounce(const routing_id& from, ec reason = ec::peer_gone) {
    caf::anon_send(aut, returned{0, reason, multipart{from, {}}});
    run();
  }

  void disconnect() {
    caf::anon_send(aut, socket_event{0, socket_event::kind::disconnected});
    run();
  }

  /// Lets an engine join and get ready, and forgets what that caused.
  void join_engine(const routing_id& from, std::uint64_t incarnation) {
    arrive(from, pack_hello(hello(wire::Role::Engine, incarnation)));
    arrive(from, pack_ready());
    drain();
  }

  void join_client(const routing_id& from, std::uint64_t incarnation) {
    arrive(from, pack_hello(hello(wire::Role::Client, incarnation)));
    drain();
  }

  void subscribe(const routing_id& from) {
    arrive(from, pack_status_query(true));
    answer_status();
    drain();
  }

  // -- what goes out ----------------------------------------------------------

  /// Takes all that the hub sent on the control lane.
  std::vector<message_view> sent() {
    std::vector<message_view> result;
    while (!socket.received_nothing()) {
      auto [batch] = socket.take<outgoing>();
      for (auto& x : batch.messages) {
        auto view = message_view::make(std::move(x));
        BOOST_REQUIRE(view);
        result.push_back(std::move(*view));
      }
    }
    return result;
  }

  /// Takes what the hub sent and counts one kind of message.
  std::size_t count_sent(body kind) {
    auto all = sent();
    return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [=](auto& x) { return x.kind() == kind; }));
  }

  /// The code of the only message, a refusal.
  wire::RefusalCode refusal() {
    auto all = sent();
    BOOST_REQUIRE_EQUAL(all.size(), 1u);
    auto x = all[0].get<wire::Refusal>();
    BOOST_REQUIRE(x != nullptr);
    text = x->text()->str();
    return x->code();
  }

  /// Answers the hub's question.
  void answer_status(const scheduler_status& x = {}) {
    BOOST_REQUIRE(!scheduler.received_nothing());
    scheduler->receive([&](atom::status) { return x; });
    run();
    direct->receive([&](atom::status) { return scheduler_status{}; });
    run();
  }

  cluster_status status() {
    cluster_status result;
    auto request = owner->request(aut, caf::infinite, atom::status_v);
    run();
    request.receive([&](cluster_status& x) { result = std::move(x); },
                    [](caf::error&) { BOOST_ERROR("no status"); });
    return result;
  }

  test::probe socket{sys};
  test::probe scheduler{sys};
  test::probe direct{sys};
  test::probe owner{sys};
  hub_actor aut;
  std::string text;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(hub_suite, fixture)

// -- admission ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(announces_an_engine_and_then_welcomes_it) {
  arrive(alice, pack_hello(hello(wire::Role::Engine, 1)));
  auto [what, engine] = scheduler.take<atom::admit, engine_joined>();
  BOOST_CHECK(engine.id == engine_id{0});
  BOOST_TEST(engine.name == "engine-0");
  BOOST_TEST(engine.functions.size() == 1);
  auto all = sent();
  BOOST_REQUIRE_EQUAL(all.size(), 1u);
  BOOST_CHECK(all[0].peer() == alice);
  auto x = read_welcome(*all[0].get<wire::Welcome>());
  BOOST_TEST(x.token == engine.token);
  BOOST_TEST(x.token != 0);
  BOOST_TEST(x.name == "engine-0");
  BOOST_TEST(x.period_ms == 1000);
  BOOST_TEST(x.max_misses == 2);
}

BOOST_AUTO_TEST_CASE(announces_a_client_and_then_welcomes_it) {
  arrive(alice, pack_hello(hello(wire::Role::Client, 1)));
  auto [what, id,
        token] = scheduler.take<atom::admit, client_id, std::uint64_t>();
  auto all = sent();
  BOOST_REQUIRE_EQUAL(all.size(), 1u);
  BOOST_TEST(read_welcome(*all[0].get<wire::Welcome>()).token == token);
  BOOST_TEST(status().clients == 1);
}

BOOST_AUTO_TEST_CASE(tells_the_direct_scheduler_the_same) {
  arrive(alice, pack_hello(hello(wire::Role::Engine, 1)));
  auto [what, first] = scheduler.take<atom::admit, engine_joined>();
  auto [what2, second] = direct.take<atom::admit, engine_joined>();
  BOOST_CHECK(first.id == second.id);
  BOOST_TEST(first.token == second.token);
  caf::anon_send(aut, atom::gone_v, first.id);
  run();
  BOOST_TEST(direct.received(atom::lost_v, first.id));
}

BOOST_AUTO_TEST_CASE(adds_the_counts_of_both_schedulers) {
  join_client(alice, 1);
  join_engine(bob, 2);
  sent();
  arrive(alice, pack_status_query(false));
  scheduler_status x;
  x.accepted = 3;
  x.engines.push_back({engine_id{0}, 1, 2, 3, true});
  scheduler->receive([&](atom::status) { return x; });
  run();
  x.accepted = 40;
  direct->receive([&](atom::status) { return x; });
  run();
  auto all = sent();
  auto status = read_status(*all.back().get<wire::Status>());
  BOOST_REQUIRE(status);
  BOOST_TEST(status->accepted == 43u);
  BOOST_TEST(status->engines.at(0).load == 2u);
  BOOST_TEST(status->engines.at(0).done == 4u);
}

BOOST_AUTO_TEST_CASE(announces_a_repeated_hello_once) {
  arrive(alice, pack_hello(hello(wire::Role::Engine, 1)));
  arrive(alice, pack_hello(hello(wire::Role::Engine, 1)));
  scheduler.take<atom::admit, engine_joined>();
  BOOST_TEST(scheduler.received_nothing());
  BOOST_TEST(count_sent(body::Welcome) == 2);
}

BOOST_AUTO_TEST_CASE(starts_again_with_an_engine_over_a_new_connection) {
  join_engine(alice, 1);
  arrive(bob, pack_hello(hello(wire::Role::Engine, 1)));
  auto [what, engine] = scheduler.take<atom::admit, engine_joined>();
  BOOST_CHECK(engine.id == engine_id{1});
  // What the old connection had on its way may be lost.
  BOOST_TEST(scheduler.received(atom::lost_v, engine_id{0}));
  BOOST_TEST(status().engines.size() == 1);
}

BOOST_AUTO_TEST_CASE(names_both_versions_to_a_peer_of_another_version) {
  auto x = hello(wire::Role::Engine, 1);
  x.version = 200;
  arrive(alice, pack_hello(x));
  BOOST_CHECK(refusal() == wire::RefusalCode::Version);
  BOOST_TEST(
    text.find("version " + std::to_string(limits::protocol_version) + ",")
    != std::string::npos);
  BOOST_TEST(text.find("version 200:") != std::string::npos);
  BOOST_TEST(scheduler.received_nothing());
}

BOOST_AUTO_TEST_CASE(refuses_the_name_of_a_live_engine) {
  auto x = hello(wire::Role::Engine, 1);
  x.name = "x";
  arrive(alice, pack_hello(x));
  sent();
  x.incarnation = 2;
  arrive(bob, pack_hello(x));
  BOOST_CHECK(refusal() == wire::RefusalCode::NameTaken);
}

BOOST_AUTO_TEST_CASE(tells_strangers_to_say_hello) {
  for (auto& message : {pack_pong(1, 0, 0), pack_ready(), pack_shutdown(""),
                        pack_status_query(true)}) {
    arrive(alice, message);
    BOOST_CHECK(refusal() == wire::RefusalCode::UnknownPeer);
  }
  BOOST_TEST(owner.received_nothing());
}

BOOST_AUTO_TEST_CASE(never_answers_a_refusal_or_a_goodbye_of_a_stranger) {
  arrive(alice, pack_refusal(wire::RefusalCode::UnknownPeer, ""));
  arrive(alice, pack_goodbye(""));
  BOOST_TEST(socket.received_nothing());
}

BOOST_AUTO_TEST_CASE(shows_engines_as_ready_when_they_say_so) {
  arrive(alice, pack_hello(hello(wire::Role::Engine, 1)));
  BOOST_TEST(!status().engines.at(0).ready);
  arrive(alice, pack_ready());
  auto engine = status().engines.at(0);
  BOOST_TEST(engine.ready);
  BOOST_TEST(engine.host == "atlas");
  BOOST_TEST(engine.pid == 42);
}

// -- garbage ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(counts_garbage_and_goes_on) {
  join_engine(alice, 1);
  std::mt19937 random{7};
  std::vector<multipart> messages;
  for (auto i = 0u; i < 1000; ++i) {
    std::string bytes(random() % 300, '\0');
    for (auto& c : bytes)
      c = static_cast<char>(random());
    messages.emplace_back(i % 2 ? alice : bob,
                          std::vector{buffer::adopt(std::move(bytes))});
  }
  messages.emplace_back(bob, std::vector<buffer>{});
  arrive(std::move(messages));
  BOOST_TEST(status().dropped == 1001);
  BOOST_TEST(status().engines.size() == 1);
  BOOST_TEST(socket.received_nothing());
}

BOOST_AUTO_TEST_CASE(survives_every_broken_byte_of_a_hello) {
  auto good = pack_hello(hello(wire::Role::Engine, 1));
  for (std::size_t i = 0; i < good.size(); ++i)
    for (auto mask : {0x01, 0x80, 0xff}) {
      std::vector<std::byte> bytes{good.bytes().begin(), good.bytes().end()};
      bytes[i] ^= static_cast<std::byte>(mask);
      arrive(peer(static_cast<int>(i % 100)), buffer::adopt(std::move(bytes)));
    }
  arrive(peer(120), pack_hello(hello(wire::Role::Client, 4711)));
  BOOST_TEST(status().clients >= 1);
}

BOOST_AUTO_TEST_CASE(counts_messages_that_make_no_sense) {
  join_engine(alice, 1);
  join_client(bob, 2);
  arrive(alice, pack_status_query(true));
  arrive(alice, pack_shutdown(""));
  arrive(alice, pack_join(1));
  arrive(bob, pack_ready());
  arrive(bob, pack_credit(1, 1));
  BOOST_TEST(status().dropped == 5);
  BOOST_TEST(owner.received_nothing());
  BOOST_TEST(scheduler.received_nothing());
}

// -- heartbeats ---------------------------------------------------------------

BOOST_AUTO_TEST_CASE(pings_everybody_once_a_period) {
  join_engine(alice, 1);
  join_client(bob, 2);
  advance(999ms);
  BOOST_TEST(socket.received_nothing());
  advance(1ms);
  BOOST_TEST(count_sent(body::Ping) == 2);
  advance(1s);
  BOOST_TEST(count_sent(body::Ping) == 2);
}

BOOST_AUTO_TEST_CASE(gives_up_a_silent_engine_and_tells_it_to_come_back) {
  join_engine(alice, 1);
  advance(2s);
  drain();
  advance(1s);
  BOOST_TEST(scheduler.received(atom::lost_v, engine_id{0}));
  BOOST_CHECK(refusal() == wire::RefusalCode::UnknownPeer);
  BOOST_TEST(status().lost == 1);
  BOOST_TEST(status().engines.empty());
  // After SIGCONT it says hello again and is somebody new.
  arrive(alice, pack_hello(hello(wire::Role::Engine, 1)));
  auto [what, engine] = scheduler.take<atom::admit, engine_joined>();
  BOOST_CHECK(engine.id == engine_id{1});
}

BOOST_AUTO_TEST_CASE(keeps_an_engine_that_answers) {
  join_engine(alice, 1);
  join_client(bob, 2);
  for (auto period = 0; period < 5; ++period) {
    arrive(alice, pack_pong(1, 0, 0));
    advance(1s);
  }
  BOOST_TEST(scheduler.received(atom::lost_v, client_id{0}));
  BOOST_TEST(scheduler.received_nothing());
  BOOST_TEST(status().lost == 0); // counts engines
}

// -- losses -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(probes_twice_soon_after_a_connection_ended) {
  join_engine(alice, 1);
  disconnect();
  BOOST_TEST(socket.received_nothing());
  advance(5ms);
  BOOST_TEST(count_sent(body::Ping) == 1);
  advance(44ms);
  BOOST_TEST(socket.received_nothing());
  advance(1ms);
  BOOST_TEST(count_sent(body::Ping) == 1);
  advance(500ms);
  BOOST_TEST(socket.received_nothing());
}

BOOST_AUTO_TEST_CASE(probes_once_for_many_connections_that_ended) {
  join_engine(alice, 1);
  for (auto i = 0; i < 100; ++i)
    disconnect();
  advance(500ms);
  BOOST_TEST(count_sent(body::Ping) == 2);
}

BOOST_AUTO_TEST_CASE(probes_again_when_a_connection_ends_between_probes) {
  join_engine(alice, 1);
  disconnect();
  advance(20ms);
  disconnect();
  advance(500ms);
  BOOST_TEST(count_sent(body::Ping) == 3);
}

BOOST_AUTO_TEST_CASE(gives_up_whom_a_message_cannot_reach) {
  join_engine(alice, 1);
  join_client(bob, 2);
  bounce(alice);
  BOOST_TEST(scheduler.received(atom::lost_v, engine_id{0}));
  bounce(alice);
  BOOST_TEST(scheduler.received_nothing());
  bounce(bob);
  BOOST_TEST(scheduler.received(atom::lost_v, client_id{0}));
  BOOST_TEST(status().lost == 1);
}

BOOST_AUTO_TEST_CASE(keeps_a_peer_that_is_only_slow) {
  join_engine(alice, 1);
  bounce(alice, ec::peer_full);
  BOOST_TEST(status().engines.size() == 1);
}

BOOST_AUTO_TEST_CASE(gives_up_whom_the_scheduler_cannot_reach) {
  join_engine(alice, 1);
  join_client(bob, 2);
  caf::anon_send(aut, atom::gone_v, engine_id{0});
  run();
  BOOST_TEST(scheduler.received(atom::lost_v, engine_id{0}));
  BOOST_CHECK(refusal() == wire::RefusalCode::UnknownPeer);
  caf::anon_send(aut, atom::gone_v, engine_id{0});
  caf::anon_send(aut, atom::gone_v, client_id{0});
  run();
  BOOST_TEST(scheduler.received(atom::lost_v, client_id{0}));
  BOOST_TEST(scheduler.received_nothing());
}

BOOST_AUTO_TEST_CASE(lets_go_who_says_goodbye_without_counting_a_loss) {
  join_engine(alice, 1);
  arrive(alice, pack_goodbye("enough"));
  BOOST_TEST(scheduler.received(atom::lost_v, engine_id{0}));
  BOOST_TEST(socket.received_nothing());
  BOOST_TEST(status().lost == 0);
  BOOST_TEST(status().engines.empty());
}

// -- status -------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(answers_a_query_with_what_the_scheduler_says) {
  join_engine(alice, 1);
  join_client(bob, 2);
  advance(500ms);
  arrive(bob, pack_status_query(false));
  BOOST_TEST(socket.received_nothing());
  scheduler_status numbers;
  numbers.scheme = "lru";
  numbers.queued = 5;
  numbers.dropped = 6;
  numbers.frames.bytes_lent = 7;
  numbers.engines = {{engine_id{0}, 3, 10, 1, true}};
  answer_status(numbers);
  auto all = sent();
  BOOST_REQUIRE_EQUAL(all.size(), 1u);
  BOOST_CHECK(all[0].peer() == bob);
  auto x = read_status(*all[0].get<wire::Status>());
  BOOST_REQUIRE(x);
  BOOST_TEST(x->scheme == "lru");
  BOOST_TEST(x->queued == 5);
  BOOST_TEST(x->dropped == 6);
  BOOST_TEST(x->bytes_lent == 7);
  BOOST_TEST(x->clients == 1);
  BOOST_TEST(x->uptime_ms == 500);
  BOOST_TEST(x->functions.size() == 1);
  BOOST_REQUIRE_EQUAL(x->engines.size(), 1u);
  BOOST_TEST(x->engines[0].load == 3);
  BOOST_TEST(x->engines[0].done == 10);
  BOOST_TEST(x->engines[0].ready);
  BOOST_TEST(x->engines[0].silent_ms == 500);
}

BOOST_AUTO_TEST_CASE(answers_without_a_scheduler_that_is_silent) {
  join_client(bob, 2);
  arrive(bob, pack_status_query(false));
  drain();
  advance(999ms);
  BOOST_TEST(count_sent(body::Status) == 0);
  advance(1ms);
  BOOST_TEST(count_sent(body::Status) == 1);
}

BOOST_AUTO_TEST_CASE(asks_the_scheduler_once_for_many_queries) {
  join_client(alice, 1);
  join_client(bob, 2);
  arrive(alice, pack_status_query(false));
  arrive(bob, pack_status_query(false));
  arrive(bob, pack_status_query(false));
  answer_status();
  BOOST_TEST(scheduler.received_nothing());
  BOOST_TEST(count_sent(body::Status) == 2);
}

BOOST_AUTO_TEST_CASE(tells_subscribers_about_each_change) {
  join_client(bob, 2);
  subscribe(bob);
  advance(10ms);
  arrive(alice, pack_hello(hello(wire::Role::Engine, 1)));
  scheduler.take<atom::admit, engine_joined>();
  answer_status();
  BOOST_TEST(count_sent(body::Status) == 1);
  advance(10ms);
  arrive(alice, pack_ready());
  answer_status();
  BOOST_TEST(count_sent(body::Status) == 1);
  advance(10ms);
  bounce(alice);
  BOOST_TEST(scheduler.received(atom::lost_v, engine_id{0}));
  answer_status();
  BOOST_TEST(count_sent(body::Status) == 1);
}

BOOST_AUTO_TEST_CASE(tells_subscribers_once_about_changes_in_quick_succession) {
  join_client(bob, 2);
  subscribe(bob);
  advance(20ms);
  arrive(carol, pack_hello(hello(wire::Role::Engine, 99)));
  scheduler.take<atom::admit, engine_joined>();
  answer_status(); // the first change is told at once, the others together
  for (auto i = 10; i < 60; ++i)
    arrive(peer(i), pack_hello(hello(wire::Role::Engine, 100u + i)));
  for (auto i = 10; i < 60; ++i)
    scheduler.take<atom::admit, engine_joined>();
  sent();
  BOOST_TEST(scheduler.received_nothing());
  advance(10ms);
  answer_status();
  auto all = sent();
  BOOST_REQUIRE_EQUAL(all.size(), 1u);
  BOOST_TEST(read_status(*all[0].get<wire::Status>())->engines.size() == 51);
}

BOOST_AUTO_TEST_CASE(tells_nobody_who_left_and_nobody_who_did_not_ask) {
  join_client(bob, 2);
  join_client(carol, 3);
  subscribe(bob);
  arrive(bob, pack_goodbye(""));
  drain();
  join_engine(alice, 1);
  advance(100ms);
  BOOST_TEST(count_sent(body::Status) == 0);
}

// -- the end ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(passes_on_the_wish_of_a_client_to_stop) {
  join_client(bob, 2);
  arrive(bob, pack_shutdown("enough"));
  BOOST_TEST(owner.received(atom::stop_v));
}

BOOST_AUTO_TEST_CASE(says_goodbye_to_everybody_and_ends) {
  join_engine(alice, 1);
  join_client(bob, 2);
  owner->monitor(aut);
  caf::anon_send(aut, atom::stop_v);
  run();
  auto [goodbyes] = socket.take<outgoing>();
  BOOST_TEST(goodbyes.messages.size() == 2);
  BOOST_TEST(socket.received(atom::close_v));
  auto [down] = owner.take<caf::down_msg>();
  BOOST_CHECK(down.source == aut);
}

// -- tasks under way ----------------------------------------------------------

BOOST_AUTO_TEST_CASE(passes_a_cancel_to_the_scheduler_that_it_concerns) {
  join_client(alice, 1);
  auto answered = [this](std::uint64_t request) {
    auto all = sent();
    BOOST_REQUIRE_EQUAL(all.size(), 1u);
    auto x = all[0].get<wire::Cancelled>();
    BOOST_REQUIRE(x != nullptr);
    BOOST_TEST(x->request() == request);
    return x->dequeued();
  };
  auto answer = [](test::probe& who) {
    who->receive([](atom::cancel, client_id, const cancel_request& x) {
      return cancel_counts{x.ranges.at(0).count, 0, 0};
    });
  };
  arrive(alice, pack_cancel({7, cancel_mode::stop, {{1, 5}}}));
  BOOST_TEST(direct.received_nothing());
  answer(scheduler);
  run();
  BOOST_TEST(answered(7) == 5u);
  arrive(alice, pack_cancel({8, cancel_mode::stop, {{direct_number + 1, 6}}}));
  BOOST_TEST(scheduler.received_nothing());
  answer(direct);
  run();
  BOOST_TEST(answered(8) == 6u);
}

BOOST_AUTO_TEST_CASE(asks_both_schedulers_why_tasks_wait) {
  join_client(alice, 1);
  auto answer = [this](test::probe& who, std::size_t reports) {
    who->receive([=](atom::why, const why_query&) {
      return wait_reports{std::vector<wait_report>(reports)};
    });
    run();
  };
  arrive(alice, pack_why_query({7, {}}));
  answer(direct, 2);
  BOOST_TEST(socket.received_nothing());
  answer(scheduler, 3);
  auto all = sent();
  BOOST_REQUIRE_EQUAL(all.size(), 1u);
  auto reports = read_why(*all[0].get<wire::Why>());
  BOOST_REQUIRE(reports);
  BOOST_TEST(reports->size() == 5u);
  arrive(alice, pack_why_query({8, {client_id{0}, 3}}));
  BOOST_TEST(direct.received_nothing());
  answer(scheduler, 1);
  arrive(alice, pack_why_query({9, {client_id{0}, direct_number + 3}}));
  BOOST_TEST(scheduler.received_nothing());
  answer(direct, 1);
  BOOST_TEST(sent().size() == 2u);
}

BOOST_AUTO_TEST_CASE(tells_why_tasks_wait_without_a_scheduler_that_fails) {
  join_client(alice, 1);
  auto fail = [this](test::probe& who) {
    who->receive([](atom::why, const why_query&) {
      return caf::result<wait_reports>{make_error(ec::peer_gone, "not now")};
    });
    run();
  };
  arrive(alice, pack_why_query({6, {}}));
  fail(scheduler);
  fail(direct);
  BOOST_TEST(socket.received_nothing()); // not that nothing waits
  arrive(alice, pack_why_query({7, {}}));
  fail(direct);
  BOOST_TEST(socket.received_nothing());
  scheduler->receive([](atom::why, const why_query&) {
    return wait_reports{std::vector<wait_report>(3)};
  });
  run();
  auto all = sent();
  BOOST_REQUIRE_EQUAL(all.size(), 1u);
  auto reports = read_why(*all[0].get<wire::Why>());
  BOOST_REQUIRE(reports);
  BOOST_TEST(reports->size() == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
