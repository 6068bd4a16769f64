// SPDX-License-Identifier: BSL-1.0

#include "troupe/engine/engine.hpp"

#include "actors/engine/dispatches.hpp"
#include "support/deterministic_fixture.hpp"
#include "troupe/codec/task.hpp"
#include "troupe/protocol/control.hpp"

#include <caf/send.hpp>

#include <functional>

using namespace std::chrono_literals;
using namespace troupe;
using test::dispatches;
using test::finished_task;

namespace {

// -- functions ----------------------------------------------------------------

/// What the task `step` does: tests act while a task runs.
std::function<void(int)> during;

int step(int x) {
  if (during)
    during(x);
  return x;
}

TROUPE_TASK_AS(step, "engine.step");

// -- fixture ------------------------------------------------------------------

welcome_message welcome(std::uint64_t token) {
  return {7, "blue", token, 1000, 4};
}

/// The engine between a hub, a scheduler and a runner that runs on demand.
struct fixture : test::deterministic_fixture {
  explicit fixture(
    std::optional<engine_config::device_lane> device = std::nullopt) {
    auto has_device = device.has_value();
    runner = std::make_shared<task_runner>(function_registry::global(), [this] {
      caf::anon_send(aut, atom::finished_v);
    });
    engine_config cfg;
    cfg.pid = 42;
    cfg.host = "atlas";
    cfg.endpoint = "ipc:///x";
    cfg.device = std::move(device);
    aut = sys.spawn(engine, cfg, control.as<socket_actor>(),
                    has_device ? socket_actor{} : tasks.as<socket_actor>(),
                    direct.as<socket_actor>(), runner,
                    [this](engine_end how, std::string why) {
                      ++ends;
                      end = how;
                      reason = std::move(why);
                    });
    run();
    control.take<atom::attach, socket_owner_actor>();
    if (!has_device)
      tasks.take<atom::attach, socket_owner_actor>();
    direct.take<atom::attach, socket_owner_actor>();
  }

  ~fixture() {
    during = nullptr;
    caf::anon_send_exit(aut, caf::exit_reason::kill);
    aut = nullptr;
    run();
    for (auto x : {&control, &tasks, &direct})
      while (!x->received_nothing())
        (*x)->dequeue();
  }

  // -- what comes from outside ------------------------------------------------

  void arrive(std::uint32_t lane, multipart message) {
    delivery x;
    x.tag = lane;
    x.messages.push_back(std::move(message));
    caf::anon_send(aut, std::move(x));
    run();
  }

  void arrive(std::uint32_t lane, buffer envelope) {
    arrive(lane, multipart{{std::move(envelope)}});
  }

  /// Plays hub and scheduler until the engine is ready.
  void join(std::uint64_t token = 99) {
    sent(control);
    arrive(control_lane, pack_welcome(welcome(token)));
    BOOST_TEST((sent(control).at(0).kind() == wire::Body::Ready));
    BOOST_TEST(sent(tasks).at(0).get<wire::Join>()->token() == token);
  }

  void dispatch_steps(int first, int last) {
    for (auto i = first; i <= last; ++i)
      build.call(static_cast<std::uint64_t>(i), "engine.step", i);
    arrive(task_lane, build.message());
  }

  // -- what the engine does ---------------------------------------------------

  /// Returns all messages that the engine sent on a lane since the last call.
  std::vector<message_view> sent(test::probe& lane) {
    std::vector<message_view> result;
    while (!lane.received_nothing()) {
      auto [batch] = lane.take<outgoing>();
      for (auto& x : batch.messages)
        result.push_back(dispatches::view_of(std::move(x)));
    }
    return result;
  }

  /// Returns the keys of the results that the engine sent since the last call.
  std::vector<std::uint64_t> reported() {
    std::vector<finished_task> results;
    while (!tasks.received_nothing()) {
      auto [batch] = tasks.take<outgoing>();
      test::read_all(std::move(batch.messages), results);
    }
    std::vector<std::uint64_t> keys;
    for (auto& x : results)
      keys.push_back(x.key);
    return keys;
  }

  void run_tasks() {
    while (runner->run_next())
      ; // nop
    run();
  }

  /// Whether the engine will wake up before its next deadline for heartbeats.
  bool probe_is_pending() {
    return caf::actor_cast<engine_actor::stateful_pointer<engine_state>>(aut)
      ->state.probing;
  }

  bool ended(engine_end how) {
    return ends == 1 && end == how;
  }

  using keys = std::vector<std::uint64_t>;

  test::probe control{sys};
  test::probe tasks{sys};
  test::probe direct{sys};
  std::shared_ptr<task_runner> runner;
  engine_actor aut;
  dispatches build;
  int ends = 0;
  engine_end end{};
  std::string reason;
};

/// An engine that gets tasks from a device.
struct device_fixture : fixture {
  device_fixture() : fixture(lane()) {
    bridge = sys.spawn(play_bridge, this);
    state().device->bridge = bridge;
  }

  ~device_fixture() {
    caf::anon_send_exit(bridge, caf::exit_reason::kill);
    bridge = nullptr;
    run();
  }

  static engine_config::device_lane lane() {
    engine_config::device_lane result;
    result.socket.connect = {"ipc:///device"};
    return result;
  }

  static bridge_actor::behavior_type play_bridge(bridge_actor::pointer,
                                                 device_fixture* test) {
    return {
      [test](atom::open, const socket_spec& spec) -> caf::result<open_socket> {
        test->opened.push_back(spec.connect.at(0));
        if (!test->opens)
          return troupe::make_error(ec::closed, "no more sockets");
        return open_socket{test->tasks.as<socket_actor>(), {}};
      },
      [](atom::counters) { return socket_counters{}; },
    };
  }

  engine_state& state() {
    return caf::actor_cast<engine_actor::stateful_pointer<engine_state>>(aut)
      ->state;
  }

  bridge_actor bridge;
  std::vector<std::string> opened;
  bool opens = true;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(engine_suite, fixture)

// -- joining and leaving ------------------------------------------------------

BOOST_AUTO_TEST_CASE(says_hello_with_its_functions) {
  auto messages = sent(control);
  BOOST_REQUIRE(messages.size() == 1u);
  auto hello = read_hello(*messages[0].get<wire::Hello>());
  BOOST_REQUIRE(hello);
  BOOST_TEST((hello->role == wire::Role::Engine));
  BOOST_TEST(hello->pid == 42u);
  BOOST_TEST(hello->host == "atlas");
  BOOST_TEST((hello->functions == function_registry::global().list()));
}

BOOST_AUTO_TEST_CASE(joins_the_task_lane_once_welcome) {
  join();
  BOOST_TEST(tasks.received_nothing());
}

BOOST_AUTO_TEST_CASE(joins_the_direct_lane_and_answers_there) {
  sent(control);
  arrive(control_lane, pack_welcome(welcome(98)));
  BOOST_TEST(sent(direct).at(0).get<wire::Join>()->token() == 98u);
  sent(tasks);
  build.call(1, "engine.step", 1);
  arrive(direct_lane, build.message());
  run_tasks();
  BOOST_TEST(tasks.received_nothing());
  auto answers = sent(direct);
  BOOST_REQUIRE(answers.size() == 1u);
  BOOST_TEST(read_results(answers[0])->entries[0].id() == 1u);
}

BOOST_AUTO_TEST_CASE(sends_direct_results_again_on_their_lane) {
  join();
  sent(direct);
  build.call(1, "engine.step", 1);
  arrive(direct_lane, build.message());
  run_tasks();
  auto [out] = direct.take<outgoing>();
  caf::anon_send(aut, returned{direct_lane, ec::peer_full, out.messages.at(0)});
  run();
  BOOST_TEST(direct.received_nothing());
  advance(20ms);
  BOOST_TEST(sent(direct).size() == 1u);
  BOOST_TEST(tasks.received_nothing());
}

BOOST_AUTO_TEST_CASE(answers_a_ping_with_its_load) {
  join();
  dispatch_steps(1, 3);
  arrive(control_lane, pack_ping(5));
  auto answers = sent(control);
  BOOST_REQUIRE(answers.size() == 1u);
  auto pong = answers[0].get<wire::Pong>();
  BOOST_REQUIRE(pong != nullptr);
  BOOST_TEST(pong->sequence() == 5u);
  BOOST_TEST(pong->queued() == 3u);
  BOOST_TEST(pong->done() == 0u);
}

BOOST_AUTO_TEST_CASE(answers_a_ping_while_a_task_runs) {
  join();
  during = [&](int) {
    arrive(control_lane, pack_ping(6));
    BOOST_TEST(sent(control).size() == 1u);
  };
  dispatch_steps(1, 1);
  run_tasks();
}

BOOST_AUTO_TEST_CASE(ends_when_nobody_answers) {
  advance(9s);
  BOOST_TEST(ends == 0);
  advance(2s);
  BOOST_TEST(ended(engine_end::lost));
  BOOST_TEST(reason == "no answer from the controller at ipc:///x in 10 s");
}

BOOST_AUTO_TEST_CASE(ends_when_the_controller_falls_silent) {
  join();
  for (auto i = 0u; i < 20; ++i) {
    advance(1s);
    arrive(control_lane, pack_ping(i));
  }
  BOOST_TEST(ends == 0);
  advance(4s);
  BOOST_TEST(ended(engine_end::lost));
}

BOOST_AUTO_TEST_CASE(ends_early_when_the_connection_broke) {
  join();
  caf::anon_send(aut,
                 socket_event{control_lane, socket_event::kind::disconnected});
  run();
  advance(1999ms);
  BOOST_TEST(ends == 0);
  advance(1ms);
  BOOST_TEST(ended(engine_end::lost));
}

BOOST_AUTO_TEST_CASE(a_broken_task_lane_alone_ends_nothing) {
  join();
  caf::anon_send(aut,
                 socket_event{task_lane, socket_event::kind::disconnected});
  run();
  advance(3s);
  BOOST_TEST(ends == 0);
}

BOOST_AUTO_TEST_CASE(ends_after_a_goodbye) {
  join();
  arrive(control_lane, pack_goodbye("the cluster stops"));
  BOOST_TEST(ended(engine_end::goodbye));
  BOOST_TEST(reason == "the cluster stops");
  BOOST_TEST(control.received(atom::close_v));
  BOOST_TEST(tasks.received(atom::close_v));
  advance(60s);
  BOOST_TEST(ends == 1);
}

BOOST_AUTO_TEST_CASE(tells_a_wrong_version_from_other_refusals) {
  arrive(control_lane, pack_refusal(wire::RefusalCode::Version, "too old"));
  BOOST_TEST(ended(engine_end::version_mismatch));
}

BOOST_AUTO_TEST_CASE(ends_when_its_name_is_taken) {
  arrive(control_lane, pack_refusal(wire::RefusalCode::NameTaken, "taken"));
  BOOST_TEST(ended(engine_end::refused));
  BOOST_TEST(reason.find("taken") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(says_goodbye_when_stopped) {
  join();
  caf::anon_send(aut, atom::stop_v);
  run();
  auto [batch] = control.take<outgoing>();
  auto message = dispatches::view_of(batch.messages.at(0));
  BOOST_TEST((message.kind() == wire::Body::Goodbye));
  BOOST_TEST(ended(engine_end::goodbye));
}

BOOST_AUTO_TEST_CASE(nothing_behind_a_goodbye_counts) {
  join();
  delivery x;
  x.tag = control_lane;
  x.messages.push_back(multipart{{pack_goodbye("bye")}});
  x.messages.push_back(multipart{{pack_ping(1)}});
  x.messages.push_back(multipart{{pack_goodbye("bye again")}});
  caf::anon_send(aut, std::move(x));
  run();
  BOOST_TEST(ends == 1);
  BOOST_TEST(control.received(atom::close_v));
  BOOST_TEST(control.received_nothing());
}

// -- tasks --------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(runs_tasks_and_reports_them) {
  join();
  dispatch_steps(1, 3);
  BOOST_TEST(runner->queued() == 3u);
  run_tasks();
  BOOST_TEST(reported() == (keys{1, 2, 3}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(takes_no_tasks_before_it_joined) {
  dispatch_steps(1, 3);
  BOOST_TEST(runner->queued() == 0u);
}

BOOST_AUTO_TEST_CASE(garbage_changes_nothing) {
  join();
  for (auto lane : {control_lane, task_lane}) {
    arrive(lane, multipart{});
    arrive(lane, buffer::copy_of(std::string_view{"garbage"}));
    arrive(lane, buffer::adopt(std::string(5000, 'x')));
    arrive(lane, pack_credit(1, 1));
  }
  BOOST_TEST(ends == 0);
  dispatch_steps(1, 1);
  run_tasks();
  BOOST_TEST(reported() == keys{1}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(joins_again_when_the_scheduler_forgot_it) {
  join(99);
  arrive(task_lane, pack_refusal(wire::RefusalCode::UnknownPeer, "who?"));
  auto messages = sent(tasks);
  BOOST_REQUIRE(messages.size() == 1u);
  BOOST_TEST(messages[0].get<wire::Join>()->token() == 99u);
}

BOOST_AUTO_TEST_CASE(drops_its_tasks_when_it_was_given_up) {
  join(99);
  dispatch_steps(1, 3);
  arrive(control_lane, pack_refusal(wire::RefusalCode::UnknownPeer, "who?"));
  BOOST_TEST(runner->queued() == 0u);
  join(100);
  dispatch_steps(4, 4);
  run_tasks();
  BOOST_TEST(reported() == keys{4}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_new_welcome_out_of_turn_drops_tasks_too) {
  join(99);
  dispatch_steps(1, 3);
  arrive(control_lane, pack_welcome(welcome(100)));
  BOOST_TEST(runner->queued() == 0u);
}

BOOST_AUTO_TEST_CASE(does_not_report_while_nobody_knows_it) {
  join(99);
  dispatch_steps(1, 2);
  during = [&](int) {
    arrive(control_lane, pack_refusal(wire::RefusalCode::UnknownPeer, "who?"));
  };
  run_tasks();
  BOOST_TEST(tasks.received_nothing());
}

// -- cancelled tasks ----------------------------------------------------------

BOOST_AUTO_TEST_CASE(leaves_out_cancelled_calls_of_the_direct_lane_alone) {
  join();
  sent(direct);
  arrive(control_lane, pack_revoke({cancel_mode::dequeue, {direct_key(5)}}));
  dispatch_steps(5, 5);
  build.call(5, "engine.step", 1).call(6, "engine.step", 2);
  arrive(direct_lane, build.message());
  run_tasks();
  std::vector<finished_task> results;
  auto [batch] = direct.take<outgoing>();
  test::read_all(std::move(batch.messages), results);
  BOOST_REQUIRE(results.size() == 2u);
  BOOST_TEST((results[0].outcome == wire::Outcome::Aborted));
  BOOST_TEST((results[1].outcome == wire::Outcome::Ok));
  BOOST_TEST(reported() == keys{5}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(asks_a_direct_call_to_stop) {
  join();
  sent(direct);
  auto asked = false;
  during = [&](int) {
    arrive(control_lane, pack_revoke({cancel_mode::stop, {5}})); // another one
    asked = runner->control().source().stop_requested();
    arrive(control_lane, pack_revoke({cancel_mode::stop, {direct_key(5)}}));
    asked = !asked && runner->control().source().stop_requested();
  };
  build.call(5, "engine.step", 1);
  arrive(direct_lane, build.message());
  run_tasks();
  BOOST_TEST(asked);
}

BOOST_AUTO_TEST_CASE(ends_with_a_direct_call_that_is_killed) {
  join();
  sent(direct);
  dispatch_steps(5, 6);
  build.call(5, "engine.step", 1).call(6, "engine.step", 2);
  arrive(direct_lane, build.message());
  during = [&](int) {
    during = nullptr;
    arrive(control_lane, pack_revoke({cancel_mode::kill, {direct_key(5)}}));
  };
  run_tasks();
  auto answers = sent(direct);
  BOOST_REQUIRE(answers.size() == 2u);
  auto results = read_results(answers[0]);
  BOOST_REQUIRE(results);
  BOOST_REQUIRE(results->entries.size() == 1u);
  BOOST_TEST(results->entries[0].id() == 5u);
  BOOST_TEST(results->entries[0].status()
             == static_cast<std::uint8_t>(wire::Outcome::Aborted));
  BOOST_TEST((answers[1].kind() == wire::Body::Leave));
  answers = sent(tasks);
  BOOST_REQUIRE(answers.size() == 1u);
  BOOST_TEST((answers[0].kind() == wire::Body::Leave));
  advance(10ms);
  BOOST_TEST(ended(engine_end::killed));
}

BOOST_AUTO_TEST_CASE(says_goodbye_behind_all_results_and_runs_nothing_more) {
  join();
  dispatch_steps(1, 1);
  run_tasks();
  auto [full] = tasks.take<outgoing>();
  caf::anon_send(aut, returned{task_lane, ec::peer_full, full.messages.at(0)});
  run();
  dispatch_steps(5, 5);
  during = [&](int) {
    during = nullptr;
    arrive(control_lane, pack_revoke({cancel_mode::kill, {5}}));
    dispatch_steps(7, 8); // was on its way
  };
  run_tasks();
  run_tasks();
  auto messages = sent(tasks);
  BOOST_REQUIRE(messages.size() == 3u);
  BOOST_TEST(read_results(messages[0])->entries[0].id() == 1u);
  BOOST_TEST(read_results(messages[1])->entries[0].id() == 5u);
  BOOST_TEST((messages[2].kind() == wire::Body::Leave));
  BOOST_TEST(runner->queued() == 0u);
  advance(10ms);
  BOOST_TEST(ended(engine_end::killed));
}

// -- results that wait --------------------------------------------------------

BOOST_AUTO_TEST_CASE(looks_for_results_behind_which_a_long_task_runs) {
  join();
  keys early;
  during = [&](int x) {
    if (x != 4)
      return;
    // Some of the first three were held back. Time passes in this task.
    run();
    advance(task_runner::look_again);
    early = reported();
    // It is still the same task: its end wakes, so nobody looks any more.
    advance(task_runner::look_again);
    BOOST_TEST(!probe_is_pending());
  };
  dispatch_steps(1, 5);
  run_tasks();
  BOOST_TEST(early == (keys{1, 2, 3}), boost::test_tools::per_element());
  BOOST_TEST(reported() == (keys{4, 5}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(looks_no_more_when_all_is_reported) {
  join();
  dispatch_steps(1, 3);
  BOOST_TEST(probe_is_pending());
  run_tasks();
  advance(task_runner::look_again);
  BOOST_TEST(!probe_is_pending());
}

BOOST_AUTO_TEST_CASE(sends_again_what_had_no_room) {
  join();
  dispatch_steps(1, 1);
  run_tasks();
  auto [batch] = tasks.take<outgoing>();
  caf::anon_send(aut, returned{task_lane, ec::peer_full, batch.messages.at(0)});
  run();
  BOOST_TEST(tasks.received_nothing());
  advance(20ms);
  BOOST_TEST(reported() == keys{1}, boost::test_tools::per_element());
  advance(1s);
  BOOST_TEST(tasks.received_nothing());
}

BOOST_AUTO_TEST_CASE(forgets_what_had_no_room_when_it_was_given_up) {
  join();
  dispatch_steps(1, 1);
  run_tasks();
  auto [batch] = tasks.take<outgoing>();
  caf::anon_send(aut, returned{task_lane, ec::peer_full, batch.messages.at(0)});
  arrive(control_lane, pack_refusal(wire::RefusalCode::UnknownPeer, "who?"));
  join(100);
  advance(1s);
  BOOST_TEST(reported().empty());
}

// -- a device -----------------------------------------------------------------

BOOST_FIXTURE_TEST_CASE(opens_the_way_to_a_device_once_welcome,
                        device_fixture) {
  BOOST_TEST(opened.empty());
  arrive(control_lane, pack_welcome(welcome(99)));
  BOOST_TEST(opened == std::vector<std::string>{"ipc:///device"});
  tasks.take<atom::attach, socket_owner_actor>();
  BOOST_TEST(tasks.received_nothing()); // no Join
  arrive(control_lane, pack_welcome(welcome(100)));
  BOOST_TEST(opened.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(returns_results_with_the_frame_they_came_with,
                        device_fixture) {
  arrive(control_lane, pack_welcome(welcome(99)));
  tasks.take<atom::attach, socket_owner_actor>();
  build.call(1, "engine.step", 5);
  auto message = build.message();
  message.frames.insert(message.frames.begin(),
                        buffer::copy_of(std::string_view{"client"}));
  arrive(task_lane, std::move(message));
  arrive(task_lane, multipart{buffer::copy_of(std::string_view{"alone"})});
  run_tasks();
  auto [batch] = tasks.take<outgoing>();
  BOOST_REQUIRE(batch.messages.size() == 1u);
  auto answer = batch.messages[0];
  BOOST_TEST(answer.peer.empty());
  BOOST_REQUIRE(answer.frames.size() == 2u);
  BOOST_TEST(answer.frames[0].text() == "client");
  answer.frames.erase(answer.frames.begin());
  auto view = dispatches::view_of(std::move(answer));
  auto results = read_results(view);
  BOOST_REQUIRE(results);
  BOOST_TEST(results->entries[0].id() == 1u);
  BOOST_TEST(results->entries[0].engine() == 7u);
}

BOOST_FIXTURE_TEST_CASE(runs_tasks_of_a_device_whatever_the_hub_says,
                        device_fixture) {
  arrive(control_lane, pack_welcome(welcome(99)));
  tasks.take<atom::attach, socket_owner_actor>();
  auto dispatch = [&](int key) {
    build.call(static_cast<std::uint64_t>(key), "engine.step", key);
    auto message = build.message();
    message.frames.insert(message.frames.begin(),
                          buffer::copy_of(std::string_view{"client"}));
    arrive(task_lane, std::move(message));
  };
  dispatch(1);
  arrive(control_lane,
         pack_refusal(wire::RefusalCode::UnknownPeer, "say hello again"));
  dispatch(2);
  run_tasks();
  auto [batch] = tasks.take<outgoing>();
  BOOST_REQUIRE(batch.messages.size() == 1u);
  batch.messages[0].frames.erase(batch.messages[0].frames.begin());
  auto view = dispatches::view_of(batch.messages[0]);
  BOOST_TEST(read_results(view)->entries.size() == 2u);
}

BOOST_FIXTURE_TEST_CASE(takes_nothing_but_tasks_from_a_device, device_fixture) {
  arrive(control_lane, pack_welcome(welcome(99)));
  tasks.take<atom::attach, socket_owner_actor>();
  auto from_client = [&](multipart message) {
    message.frames.insert(message.frames.begin(),
                          buffer::copy_of(std::string_view{"client"}));
    arrive(task_lane, std::move(message));
  };
  build.call(1, "engine.step", 1);
  from_client(build.message());
  from_client(multipart{pack_give_back(1)});
  auto refusal = pack_refusal(wire::RefusalCode::Closing, "nonsense");
  from_client(multipart{std::move(refusal)});
  BOOST_TEST(ends == 0);
  BOOST_TEST(runner->queued() == 1u);
  BOOST_TEST(state().dropped == 2u);
}

BOOST_FIXTURE_TEST_CASE(ends_if_it_cannot_reach_the_device, device_fixture) {
  opens = false;
  arrive(control_lane, pack_welcome(welcome(99)));
  BOOST_TEST(ended(engine_end::lost));
  BOOST_TEST(reason == "no more sockets");
}

BOOST_AUTO_TEST_SUITE_END()
