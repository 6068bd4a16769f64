// SPDX-License-Identifier: BSL-1.0

#include "troupe/client/client_actor.hpp"

#include "play_scheduler.hpp"
#include "support/deterministic_fixture.hpp"

#include <algorithm>

using namespace std::chrono_literals;
using namespace troupe;
using namespace troupe::test;

namespace {

struct fixture : deterministic_fixture {
  explicit fixture(std::optional<device_limits> device = std::nullopt)
    : board(std::make_shared<client_board>()) {
    client_actor_config cfg;
    cfg.device = device;
    cfg.cluster = "prod";
    cfg.link.endpoint = "ipc:///x";
    cfg.link.hello.role = wire::Role::Client;
    cfg.controller_alive = [this] { return controller_alive; };
    client = sys.spawn(client_session_actor, cfg, control.as<socket_actor>(),
                       tasks.as<socket_actor>(), direct.as<socket_actor>(),
                       board);
    run();
    auto owner = caf::actor_cast<socket_owner_actor>(client);
    BOOST_TEST(control.received(atom::attach_v, owner));
    BOOST_TEST(tasks.received(atom::attach_v, owner));
    BOOST_TEST(direct.received(atom::attach_v, owner));
  }

  ~fixture() {
    driver->send(client, atom::stop_v);
    run();
    for (auto socket : {&control, &tasks, &direct})
      while (socket->ptr()->has_next_message())
        socket->ptr()->dequeue();
    client = nullptr;
  }

  /// Delivers a message on a lane.
  void deliver(std::uint32_t lane, multipart message) {
    delivery x;
    x.tag = lane;
    x.messages.push_back(std::move(message));
    driver->send(client, std::move(x));
    run();
  }

  void deliver(std::uint32_t lane, buffer message) {
    deliver(lane, multipart{std::vector{std::move(message)}});
  }

  void notice(socket_event::kind what, std::uint32_t lane = control_lane) {
    driver->send(client, socket_event{lane, what});
    run();
  }

  /// Takes all messages that the client sent to a socket.
  std::vector<multipart> sent(probe& socket) {
    std::vector<multipart> result;
    while (socket.ptr()->has_next_message()) {
      auto [x] = socket.take<outgoing>();
      for (auto& message : x.messages)
        result.push_back(std::move(message));
    }
    return result;
  }

  std::vector<wire::Body> kinds(probe& socket) {
    std::vector<wire::Body> result;
    for (auto& x : sent(socket))
      result.push_back(view_of(x).kind());
    return result;
  }

  void welcome(std::uint32_t id = 1, std::uint64_t token = 11) {
    deliver(control_lane, pack_welcome({id, "", token, 1000, 4}));
  }

  void join() {
    welcome();
    deliver(task_lane, pack_credit(100, 100000));
    sent(control);
    sent(tasks);
    sent(direct);
  }

  task_group_ptr submit(std::size_t count) {
    auto group = make_group(count);
    if (board->submit({group, numbered_calls(count)}))
      driver->send(client, atom::submit_v);
    run();
    return group;
  }

  std::string sentence() const {
    return board->end().sentence;
  }

  bool controller_alive = true;
  probe driver{sys};
  probe control{sys};
  probe tasks{sys};
  probe direct{sys};
  client_board_ptr board;
  client_actor client;
};

/// A client of a cluster with a device.
struct device_fixture : fixture {
  device_fixture() : fixture(device_limits{.loss = 2s, .answer = 100s}) {
    welcome();
    sent(control);
    sent(direct);
    tell_engines({0, 1});
  }

  void tell_engines(std::vector<std::uint32_t> ids) {
    status_message x;
    for (auto id : ids) {
      auto& engine = x.engines.emplace_back();
      engine.id = engine_id{id};
      engine.ready = true;
    }
    deliver(control_lane, pack_status(x));
  }

  /// Lets time pass, with a sign of life of the hub each second.
  void wait(int seconds) {
    for (auto i = 0; i < seconds; ++i) {
      advance(1s);
      deliver(control_lane, pack_ping(1));
    }
    sent(control);
  }

  cancellation cancel(const task_group_ptr& group) {
    cancel_wish wish{group, 0, group->size(), cancel_mode::dequeue, {}};
    cancellation result{wish.answer.get_future().share()};
    board->wish(std::move(wish));
    driver->send(client, atom::submit_v);
    run();
    return result;
  }
};

using body = wire::Body;
using bodies = std::vector<wire::Body>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(client_actor_suite, fixture)

// -- joining ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(says_hello_as_a_client) {
  auto messages = sent(control);
  BOOST_REQUIRE(messages.size() == 1u);
  auto view = view_of(messages[0]);
  auto hello = view.get<wire::Hello>();
  BOOST_REQUIRE(hello != nullptr);
  BOOST_TEST((hello->role() == wire::Role::Client));
  BOOST_TEST(tasks.received_nothing());
}

BOOST_AUTO_TEST_CASE(joins_and_asks_for_news_when_welcome) {
  sent(control);
  welcome();
  BOOST_TEST((kinds(control) == bodies{body::StatusQuery}));
  auto messages = sent(tasks);
  BOOST_REQUIRE(messages.size() == 1u);
  auto view = view_of(messages[0]);
  BOOST_REQUIRE(view.get<wire::Join>() != nullptr);
  BOOST_TEST(view.get<wire::Join>()->token() == 11u);
}

BOOST_AUTO_TEST_CASE(calls_of_named_engines_have_a_lane_of_their_own) {
  sent(control);
  welcome();
  BOOST_TEST((kinds(direct) == bodies{body::Join}));
  sent(tasks);
  auto calls = numbered_calls(2);
  auto plan = std::make_shared<cast_plan>();
  plan->engines = {0, 1};
  calls.cast = plan;
  auto group = make_group(4);
  board->submit({group, std::move(calls)});
  driver->send(client, atom::submit_v);
  run();
  BOOST_TEST(direct.received_nothing()); // no credit yet
  deliver(direct_lane, pack_credit(100, 100000));
  BOOST_TEST((kinds(direct) == bodies{body::Cast}));
  BOOST_TEST(tasks.received_nothing());
  deliver(direct_lane, results_of({1, 2, 3}));
  BOOST_TEST(group->done() == 3u);
  driver->send(client,
               socket_event{direct_lane, socket_event::kind::disconnected});
  run();
  deliver(control_lane, pack_welcome({2, "", 12, 1000, 4}));
  BOOST_TEST(group->done() == 4u); // it was lost with the connection
  BOOST_TEST(group->failed() == 1u);
}

BOOST_AUTO_TEST_CASE(fails_calls_that_the_direct_lane_gives_back) {
  join();
  deliver(direct_lane, pack_credit(100, 100000));
  auto calls = numbered_calls(1);
  auto plan = std::make_shared<cast_plan>();
  plan->engines = {0, 1};
  calls.cast = plan;
  auto group = make_group(2);
  board->submit({group, std::move(calls)});
  driver->send(client, atom::submit_v);
  run();
  auto messages = sent(direct);
  BOOST_REQUIRE(messages.size() == 1u);
  driver->send(client, returned{direct_lane, ec::peer_full, messages[0]});
  run();
  BOOST_TEST(group->failed() == 2u);
}

BOOST_AUTO_TEST_CASE(shows_the_status_on_the_board) {
  join();
  status_message status;
  status.engines.resize(3);
  deliver(control_lane, pack_status(status));
  BOOST_TEST(board->news() == 1u);
  BOOST_TEST(board->last_status().engines.size() == 3u);
}

BOOST_AUTO_TEST_CASE(asks_the_hub_what_users_ask) {
  join();
  driver->send(client, atom::status_v);
  driver->send(client, atom::close_v);
  run();
  BOOST_TEST((kinds(control) == bodies{body::StatusQuery, body::Shutdown}));
}

BOOST_AUTO_TEST_CASE(answers_pings) {
  join();
  deliver(control_lane, pack_ping(5));
  BOOST_TEST((kinds(control) == bodies{body::Pong}));
}

BOOST_AUTO_TEST_CASE(greets_again_and_gives_up_in_the_end) {
  advance(3s);
  BOOST_TEST(kinds(control).size() >= 3u);
  BOOST_TEST(sentence().empty());
  advance(8s);
  BOOST_TEST(sentence()
             == "cannot join cluster \"prod\": no answer from the controller "
                "at ipc:///x in 10 s");
  BOOST_TEST((board->end().code == errc::no_cluster));
}

BOOST_AUTO_TEST_CASE(tells_version_mismatch_from_other_refusals) {
  deliver(control_lane,
          pack_refusal(wire::RefusalCode::Version, "another version"));
  BOOST_TEST((board->end().code == errc::version_mismatch));
}

BOOST_AUTO_TEST_CASE(gives_up_when_refused) {
  deliver(control_lane, pack_refusal(wire::RefusalCode::Limit, "full"));
  BOOST_TEST((board->end().code == errc::no_cluster));
  BOOST_TEST((sentence().find("full") != std::string::npos));
}

// -- tasks --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(sends_what_is_submitted_when_there_is_credit) {
  auto group = submit(2);
  welcome();
  sent(tasks);
  deliver(task_lane, pack_credit(100, 100000));
  auto messages = sent(tasks);
  BOOST_TEST(numbers_in(messages) == (std::vector<task_number>{1, 2}));
  deliver(task_lane, results_of({2, 1}));
  BOOST_TEST(group->done() == 2u);
  BOOST_TEST(number_in(group->at(1)) == 2u);
}

BOOST_AUTO_TEST_CASE(sends_more_when_results_give_credit_back) {
  join();
  deliver(task_lane, pack_credit(1, 1000));
  submit(2);
  BOOST_TEST(numbers_in(sent(tasks)) == (std::vector<task_number>{1}));
  deliver(task_lane, results_of({1}));
  BOOST_TEST(numbers_in(sent(tasks)) == (std::vector<task_number>{2}));
}

BOOST_AUTO_TEST_CASE(sends_long_submissions_in_several_turns) {
  join();
  deliver(task_lane, pack_credit(100000, 1 << 30));
  submit(20 * limits::batch_tasks);
  auto [first] = tasks.take<outgoing>();
  BOOST_TEST(first.messages.size() == 16u);
  auto [second] = tasks.take<outgoing>();
  BOOST_TEST(second.messages.size() == 4u);
}

BOOST_AUTO_TEST_CASE(garbage_changes_nothing) {
  join();
  auto group = submit(1);
  for (auto lane : {control_lane, task_lane}) {
    deliver(lane, multipart{});
    deliver(lane, buffer::copy_of("garbage"));
    deliver(lane, pack_hello({}));
  }
  BOOST_TEST(sentence().empty());
  deliver(task_lane, results_of({1}));
  BOOST_TEST(group->done() == 1u);
}

BOOST_AUTO_TEST_CASE(fails_tasks_that_the_socket_gives_back) {
  join();
  auto group = submit(1);
  auto messages = sent(tasks);
  BOOST_REQUIRE(messages.size() == 1u);
  driver->send(client, returned{task_lane, ec::peer_full, messages[0]});
  run();
  BOOST_TEST(group->failed() == 1u);
  BOOST_TEST((group->error_of(0).code == errc::no_cluster));
}

BOOST_AUTO_TEST_CASE(joins_again_when_the_scheduler_does_not_know_it) {
  join();
  deliver(task_lane, pack_refusal(wire::RefusalCode::UnknownPeer, "join"));
  BOOST_TEST((kinds(tasks) == bodies{body::Join}));
}

BOOST_AUTO_TEST_CASE(nobody_waits_for_tasks_that_were_refused) {
  join();
  auto group = submit(2);
  deliver(task_lane, pack_refusal(wire::RefusalCode::Limit, "over credit"));
  BOOST_TEST(group->failed() == 2u);
  BOOST_TEST(sentence()
             == "cluster \"prod\" is gone: its scheduler refused tasks: over "
                "credit");
}

BOOST_AUTO_TEST_CASE(a_new_number_ends_what_was_sent_under_the_old_one) {
  join();
  auto group = submit(1);
  sent(tasks);
  deliver(control_lane, pack_refusal(wire::RefusalCode::UnknownPeer, "who?"));
  BOOST_TEST((kinds(control) == bodies{body::Hello}));
  auto waiting = submit(1);
  welcome(2, 22);
  BOOST_TEST(group->failed() == 1u);
  BOOST_TEST(waiting->done() == 0u);
  BOOST_TEST((kinds(tasks).back() == body::Join));
}

// -- the end ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(a_silent_controller_fails_everything) {
  join();
  auto group = submit(3);
  advance(3900ms);
  BOOST_TEST(group->done() == 0u);
  advance(200ms);
  BOOST_TEST(group->failed() == 3u);
  BOOST_TEST((group->error_of(2).code == errc::no_cluster));
  BOOST_TEST(sentence()
             == "cluster \"prod\" is gone: no sign of life from the "
                "controller at ipc:///x for 4 s");
  BOOST_TEST(submit(1)->failed() == 1u);
}

BOOST_AUTO_TEST_CASE(pings_keep_the_session) {
  join();
  for (auto i = 0; i < 20; ++i) {
    deliver(control_lane, pack_ping(1));
    advance(1s);
  }
  BOOST_TEST(sentence().empty());
}

BOOST_AUTO_TEST_CASE(a_dead_controller_is_noticed_at_once) {
  join();
  auto group = submit(1);
  controller_alive = false;
  notice(socket_event::kind::disconnected);
  BOOST_TEST(group->failed() == 1u);
  BOOST_TEST(sentence() == "cluster \"prod\" is gone: its controller died");
}

BOOST_AUTO_TEST_CASE(a_controller_that_is_still_dying_is_noticed_soon) {
  join();
  auto group = submit(1);
  notice(socket_event::kind::disconnected);
  BOOST_TEST(group->done() == 0u);
  controller_alive = false;
  advance(20ms);
  BOOST_TEST(group->failed() == 1u);
}

BOOST_AUTO_TEST_CASE(a_broken_connection_has_two_heartbeats_to_recover) {
  join();
  notice(socket_event::kind::disconnected);
  advance(1900ms);
  BOOST_TEST(sentence().empty());
  advance(200ms);
  BOOST_TEST(!sentence().empty());
}

BOOST_AUTO_TEST_CASE(a_connection_that_recovers_is_not_watched_further) {
  join();
  notice(socket_event::kind::disconnected);
  advance(100ms);
  deliver(control_lane, pack_ping(1));
  controller_alive = false; // nobody asks
  advance(3s);
  BOOST_TEST(sentence().empty());
}

BOOST_AUTO_TEST_CASE(the_task_lane_alone_proves_nothing) {
  join();
  controller_alive = false;
  notice(socket_event::kind::disconnected, task_lane);
  BOOST_TEST(sentence().empty());
}

BOOST_AUTO_TEST_CASE(a_goodbye_of_the_controller_ends_the_session) {
  join();
  auto group = submit(1);
  deliver(control_lane, pack_goodbye("shut down"));
  BOOST_TEST(group->failed() == 1u);
  BOOST_TEST(sentence() == "cluster \"prod\" is gone: shut down");
  deliver(task_lane, results_of({1}));
  driver->send(client, atom::status_v);
  run();
  BOOST_TEST(board->news() == 0u);
}

BOOST_AUTO_TEST_CASE(says_goodbye_when_it_stops) {
  join();
  driver->send(client, atom::stop_v);
  run();
  auto [x] = control.take<outgoing>();
  BOOST_REQUIRE(x.messages.size() == 1u);
  BOOST_TEST((view_of(x.messages[0]).kind() == body::Goodbye));
  BOOST_TEST(control.received(atom::close_v));
  BOOST_TEST(tasks.received(atom::close_v));
}

BOOST_AUTO_TEST_CASE(at_rest_it_wakes_up_once_per_silence_limit) {
  join();
  deliver(control_lane, pack_ping(1));
  auto& pending =
    dynamic_cast<caf::scheduler::test_coordinator&>(sys.scheduler())
      .clock()
      .schedule();
  BOOST_TEST(pending.size() <= 2u);
}

// -- a device -----------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(sends_to_a_device_at_once, device_fixture) {
  BOOST_TEST(tasks.received_nothing()); // no Join: an engine would get it
  auto group = submit(4);
  BOOST_TEST((kinds(tasks) == bodies(4, body::Dispatch)));
  deliver(task_lane, results_of({1, 2, 3, 4}));
  BOOST_TEST(group->done() == 4u);
}

BOOST_FIXTURE_TEST_CASE(gives_up_what_a_lost_engine_may_have, device_fixture) {
  auto group = submit(2);
  deliver(task_lane, results_of({1}));
  wait(10);
  BOOST_TEST(group->done() == 1u);
  tell_engines({0});
  wait(1);
  BOOST_TEST(group->done() == 1u);
  auto later = submit(1);
  wait(2);
  BOOST_TEST(group->done() == 2u);
  BOOST_CHECK(group->at(1).state == task_outcome::status::engine_lost);
  auto err = error_of(group->at(1), "root");
  BOOST_TEST(std::string{err.what()}.find("root: engine-1 was lost") == 0u);
  BOOST_TEST(later->done() == 0u);
  sent(tasks);
}

BOOST_FIXTURE_TEST_CASE(gives_up_when_nobody_is_there, device_fixture) {
  tell_engines({});
  auto group = submit(1);
  wait(3);
  BOOST_TEST(group->done() == 1u);
  BOOST_CHECK(error_of(group->at(0), "root").code == errc::no_engines);
  sent(tasks);
}

BOOST_FIXTURE_TEST_CASE(cannot_cancel_what_a_device_has, device_fixture) {
  auto group = submit(2);
  sent(tasks);
  auto answer = cancel(group);
  BOOST_CHECK_EXCEPTION(answer.get(1s), error, [](const error& x) {
    return x.code == errc::usage
           && std::string{x.what()}.find("device") != std::string::npos;
  });
  BOOST_TEST(control.received_nothing());
  deliver(task_lane, results_of({1, 2}));
  BOOST_TEST(cancel(group).get(1s).done == 2u);
}

BOOST_FIXTURE_TEST_CASE(cancels_calls_of_named_engines_as_ever,
                        device_fixture) {
  deliver(direct_lane, pack_credit(100, 100000));
  auto calls = numbered_calls(1);
  auto plan = std::make_shared<cast_plan>();
  plan->engines = {0, 1};
  calls.cast = plan;
  auto group = make_group(2);
  group->name_engines();
  board->submit({group, std::move(calls)});
  driver->send(client, atom::submit_v);
  run();
  BOOST_TEST((kinds(direct) == bodies{body::Cast}));
  sent(control);
  auto answer = cancel(group);
  BOOST_TEST((kinds(control) == bodies{body::Cancel}));
  BOOST_TEST(!answer.ready());
}

BOOST_AUTO_TEST_SUITE_END()
