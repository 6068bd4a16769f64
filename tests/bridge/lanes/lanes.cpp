// SPDX-License-Identifier: BSL-1.0

#include "bridge/lanes/lanes_owner.hpp"
#include "bridge/loopback.hpp"
#include "support/temp_dir.hpp"
#include <troupe/endpoint.hpp>
#include <troupe/lanes/lane_header.hpp>
#include <troupe/lanes/lanes.hpp>

#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/sec.hpp>
#include <caf/send.hpp>

#include <zmq.h>

#include <algorithm>
#include <deque>
#include <pthread.h>
#include <variant>

using namespace std::chrono_literals;
using namespace troupe;
using test::lanes_owner;

namespace {

/// Answers each message with the name of the thread that handled it.
caf::behavior namer(caf::event_based_actor* self, lanes_actor lanes) {
  self->set_default_handler(caf::drop); // events
  return {
    [=](const lanes_delivery& x) {
      char name[16] = {};
      pthread_getname_np(pthread_self(), name, sizeof(name));
      lanes_outgoing answer{x.peer, {}, 0, {}};
      for (std::size_t i = 0; i < x.messages.size(); ++i)
        answer.messages.push_back(test::message({name}));
      self->send(lanes, std::move(answer));
    },
  };
}

/// Stands in for a bridge that fails with `err` from the fourth socket on.
bridge_actor::behavior_type failing_bridge(bridge_actor::pointer self,
                                           bridge_actor real, caf::error err) {
  auto opened = std::make_shared<int>(0);
  return {
    [=](atom::open, socket_spec& spec) -> caf::result<open_socket> {
      if (++*opened > 3)
        return err;
      return self->delegate(real, atom::open_v, std::move(spec));
    },
    [=](atom::counters) { return self->delegate(real, atom::counters_v); },
  };
}

/// Lanes that talk to each other.
struct fixture : test::bridge_fixture {
  ~fixture() {
    for (auto& x : open_)
      caf::anon_send(x, atom::close_v);
    bridge.reset();
  }

  lane_endpoints derive(const std::string& base) {
    auto result = derive_lanes(base);
    BOOST_REQUIRE(result);
    return *result;
  }

  opened_lanes open(lanes_spec spec) {
    spec.sockets.security = no_security{};
    auto result = open_lanes(sys, bridge->actor(), std::move(spec));
    if (!result)
      BOOST_FAIL(describe(result.error()));
    open_.push_back(result->handle);
    return std::move(*result);
  }

  opened_lanes listen(const std::string& base = "tcp://127.0.0.1:*") {
    lanes_spec spec;
    spec.bind = derive(base);
    return open(spec);
  }

  /// Listens where others have just said goodbye: their sockets close some time
  /// after that.
  opened_lanes listen_again(const std::string& base) {
    lanes_spec spec;
    spec.bind = derive(base);
    spec.sockets.security = no_security{};
    caf::expected<opened_lanes> result{ec::closed};
    test::wait_until([&] {
      result = open_lanes(sys, bridge->actor(), spec);
      return result || result.error() != ec::address_in_use;
    });
    if (!result)
      BOOST_FAIL(describe(result.error()));
    open_.push_back(result->handle);
    return std::move(*result);
  }

  opened_lanes connect(const lane_endpoints& where) {
    lanes_spec spec;
    spec.connect = where;
    spec.retry_min = 20ms;
    return open(spec);
  }

  /// Waits for the end of lanes that `watcher` monitors.
  bool down(const lanes_actor& lanes) {
    auto gone = false;
    watcher->receive(
      [&](caf::down_msg& x) { gone = x.source == lanes.address(); },
      caf::after(test::patience) >> [] {});
    return gone;
  }

  caf::error open_error(lanes_spec spec) {
    spec.sockets.security = no_security{};
    auto result = open_lanes(sys, bridge->actor(), std::move(spec));
    BOOST_REQUIRE_MESSAGE(!result, "the lanes opened");
    return result.error();
  }

  /// Connects both sides over endpoints derived from `base`.
  void join(const std::string& base = "tcp://127.0.0.1:*") {
    there = listen(base);
    here = connect(there.endpoints);
    bob.attach(there.handle);
    alice.attach(here.handle);
    peer_there = bob.take_joined();
    peer_here = alice.take_joined();
  }

  std::vector<lanes_actor> open_;
  opened_lanes here, there;
  peer_id peer_here{}, peer_there{};
  lanes_owner alice{sys}, bob{sys};
  caf::scoped_actor watcher{sys};
  test::temp_dir dir;
};

/// A plain DEALER that speaks the protocol of lanes as far as a test wants.
struct stranger {
  explicit stranger(const std::string& where) {
    socket.connect(where);
  }

  void say(lane_word word, lane via = lane::control, link_id link = {1, 2}) {
    lane_header header;
    header.word = word;
    header.via = via;
    header.link = link;
    socket.send({std::string{pack(header).text()}});
  }

  lane_header hear() {
    auto frames = socket.receive();
    auto header = read_lane_header(buffer::copy_of(frames.at(0)));
    BOOST_REQUIRE(header);
    return *header;
  }

  test::plain_peer socket{ZMQ_DEALER};
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(lanes_suite, fixture)

BOOST_AUTO_TEST_CASE(talks_over_every_transport) {
  for (auto base : {std::string{"tcp://127.0.0.1:*"}, dir.ipc("x"),
                    std::string{"inproc://lanes"}}) {
    BOOST_TEST_CONTEXT(base) {
      fixture f;
      f.join(base);
      f.alice.send(f.here.handle, f.peer_here, "small");
      BOOST_TEST(f.bob.take() == "task:small");
      f.alice.send(f.here.handle, f.peer_here, std::string(1 << 20, 'L'));
      BOOST_TEST(f.bob.take() == "bulk:LLLLLLLL");
      f.bob.send(f.there.handle, f.peer_there, "answer", 0, lane::control);
      BOOST_TEST(f.alice.take() == "control:answer");
      BOOST_TEST(f.bob.counters(f.there.handle).peers == 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(keeps_many_frames_and_their_bytes) {
  join();
  lanes_outgoing x{peer_here, {}, 0, {}};
  x.messages.emplace_back(frame_list{buffer::copy_of("a"), buffer{},
                                     buffer::adopt(std::string(1 << 20, 'x'))});
  caf::anon_send(here.handle, std::move(x));
  auto [via, message] = bob.take_message();
  BOOST_TEST((via == lane::bulk));
  BOOST_REQUIRE(message.frames.size() == 3);
  BOOST_TEST(message.frames[0].text() == "a");
  BOOST_TEST(message.frames[1].empty());
  BOOST_TEST((message.frames[2].text() == std::string(1 << 20, 'x')));
}

BOOST_AUTO_TEST_CASE(keeps_the_order_of_a_conversation) {
  join();
  for (auto i = 0; i < 300; ++i) {
    auto text = std::to_string(i) + ".";
    auto via = std::optional<lane>{};
    if (i % 7 == 0)
      text.resize(1 << 18, '.');
    if (i % 10 == 0)
      via = lane::control;
    alice.send(here.handle, peer_here, text, 42, via);
  }
  auto lanes_seen = per_lane<int>{};
  for (auto i = 0; i < 300; ++i) {
    auto [via, message] = bob.take_message();
    ++lanes_seen[via];
    BOOST_REQUIRE(std::stoi(std::string{message.frames[0].text().substr(0, 4)})
                  == i);
  }
  BOOST_TEST(lanes_seen[lane::control] == 30);
  BOOST_TEST(lanes_seen[lane::bulk] > 30);
}

BOOST_AUTO_TEST_CASE(serves_many_peers) {
  there = listen();
  bob.attach(there.handle);
  std::deque<lanes_owner> owners;
  for (auto i = 0; i < 10; ++i) {
    auto lanes = connect(there.endpoints);
    auto& owner = owners.emplace_back(sys);
    owner.attach(lanes.handle);
    auto peer = owner.take_joined();
    owner.send(lanes.handle, peer, std::to_string(i));
    auto name = bob.take_joined();
    BOOST_TEST(static_cast<int>(name) == i + 1);
    BOOST_TEST(bob.take() == "task:" + std::to_string(i));
    bob.send(there.handle, name, "you are " + std::to_string(i));
    BOOST_TEST(owner.take() == "task:you are ");
  }
}

BOOST_AUTO_TEST_CASE(says_goodbye_when_it_closes) {
  for (auto base :
       {std::string{"tcp://127.0.0.1:*"}, std::string{"inproc://lanes"}}) {
    fixture f;
    f.join(base);
    f.alice.send(f.here.handle, f.peer_here, "last");
    caf::anon_send(f.here.handle, atom::close_v);
    BOOST_TEST(f.bob.take() == "task:last");
    auto event = f.bob.take_event();
    BOOST_TEST((event.what == peer_event::kind::left));
    BOOST_TEST((event.reason == ec::closed));
  }
}

BOOST_AUTO_TEST_CASE(joins_again_when_the_other_side_comes_back) {
  join(dir.ipc("x"));
  caf::anon_send(there.handle, atom::close_v);
  BOOST_TEST((alice.take_event().what == peer_event::kind::left));
  alice.send(here.handle, peer_here, "late");
  auto back = alice.take_returned();
  BOOST_TEST((back.reason == ec::peer_gone));
  BOOST_TEST((back.peer == peer_here));
  there = listen_again(dir.ipc("x"));
  bob.attach(there.handle);
  peer_there = bob.take_joined();
  for (;;) { // attempts may fail first
    auto event = alice.take_event();
    if (event.what == peer_event::kind::joined) {
      BOOST_TEST((event.peer > peer_here));
      peer_here = event.peer;
      break;
    }
  }
  alice.send(here.handle, peer_here, "again");
  BOOST_TEST(bob.take() == "task:again");
}

BOOST_AUTO_TEST_CASE(parts_from_a_peer_at_will) {
  join();
  bob.part(there.handle, peer_there);
  BOOST_TEST((bob.take_event().what == peer_event::kind::left));
  BOOST_TEST((alice.take_event().what == peer_event::kind::left));
  BOOST_TEST((bob.take_joined() > peer_there));
  BOOST_TEST((alice.take_joined() > peer_here));
}

// -- somebody else on the other side ------------------------------------------

BOOST_AUTO_TEST_CASE(takes_plain_sockets_that_know_the_protocol) {
  there = listen();
  bob.attach(there.handle);
  stranger control{there.endpoints[lane::control]};
  stranger task{there.endpoints[lane::task]};
  stranger bulk{there.endpoints[lane::bulk]};
  control.say(lane_word::hello, lane::control);
  task.say(lane_word::hello, lane::task);
  bulk.say(lane_word::hello, lane::bulk);
  for (auto x : {&control, &task, &bulk})
    BOOST_TEST((x->hear().word == lane_word::welcome));
  bob.take_joined();
  task.socket.send({std::string{pack({}).text()}, "hi"});
  BOOST_TEST(bob.take() == "task:hi");
}

BOOST_AUTO_TEST_CASE(loses_a_peer_once_when_one_connection_ends) {
  there = listen();
  bob.attach(there.handle);
  stranger control{there.endpoints[lane::control]};
  auto task = std::make_unique<stranger>(there.endpoints[lane::task]);
  stranger bulk{there.endpoints[lane::bulk]};
  control.say(lane_word::hello, lane::control);
  task->say(lane_word::hello, lane::task);
  bulk.say(lane_word::hello, lane::bulk);
  auto first = bob.take_joined();
  BOOST_TEST((bulk.hear().word == lane_word::welcome));
  task.reset();
  auto event = bob.take_event();
  BOOST_TEST((event.what == peer_event::kind::left));
  BOOST_TEST((event.peer == first));
  BOOST_TEST(event.text == "the task lane broke");
  // The rest of it is told, and a new link over new connections is welcome.
  BOOST_TEST((bulk.hear().word == lane_word::refusal));
  here = connect(there.endpoints);
  alice.attach(here.handle);
  BOOST_TEST((bob.take_joined() > first));
}

BOOST_AUTO_TEST_CASE(turns_away_who_stays_incomplete) {
  lanes_spec spec;
  spec.bind = derive("tcp://127.0.0.1:*");
  spec.join_timeout = 100ms;
  there = open(spec);
  bob.attach(there.handle);
  stranger control{there.endpoints[lane::control]};
  control.say(lane_word::hello);
  auto event = bob.take_event();
  BOOST_TEST((event.what == peer_event::kind::refused));
  BOOST_TEST((event.reason == ec::timed_out));
  auto refusal = control.hear();
  BOOST_TEST((refusal.word == lane_word::refusal));
  BOOST_TEST((refusal.reason == ec::timed_out));
}

BOOST_AUTO_TEST_CASE(tells_that_nobody_answers) {
  there = listen(); // and nobody owns it, so that nobody joins
  lanes_spec spec;
  spec.connect = there.endpoints;
  spec.join_timeout = 100ms;
  here = open(spec);
  alice.attach(here.handle);
  auto event = alice.take_event();
  BOOST_TEST((event.what == peer_event::kind::refused));
  BOOST_TEST((event.reason == ec::timed_out));
}

// -- opening ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(reports_real_endpoints) {
  there = listen();
  for (auto& where : there.endpoints.values)
    BOOST_TEST(endpoint::parse(where)->port != 0);
}

BOOST_AUTO_TEST_CASE(explains_why_it_cannot_open) {
  lanes_spec spec;
  BOOST_TEST((open_error(spec) == ec::bad_config));
  spec.bind = lane_endpoints{};
  BOOST_TEST((open_error(spec) == ec::bad_config));
  there = listen();
  spec.bind = there.endpoints;
  auto err = open_error(spec);
  BOOST_TEST((err == ec::address_in_use), describe(err));
}

BOOST_AUTO_TEST_CASE(leaves_no_socket_behind_that_opens_too_late) {
  lanes_spec spec;
  spec.bind = derive(dir.ipc("x"));
  caf::scoped_actor self{sys};
  {
    test::busy_pump busy{*this};
    auto lanes = spawn_lanes(sys, bridge->actor(), spec);
    self->send(lanes, atom::open_v);
    alice.counters(lanes); // by then, they asked for sockets
    self->monitor(lanes);
    caf::anon_send_exit(lanes, caf::exit_reason::kill);
    self->receive([](const caf::down_msg&) {},
                  caf::after(test::patience) >>
                    [] { BOOST_FAIL("the lanes did not end"); });
  }
  listen_again(dir.ipc("x"));
}

BOOST_AUTO_TEST_CASE(gives_the_bulk_lane_a_thread_of_its_own) {
  bridge_config cfg;
  cfg.io_threads = 2;
  test::bridge_fixture other{cfg};
  lanes_spec spec;
  spec.bind = derive("tcp://127.0.0.1:*");
  spec.own_bulk_thread = true;
  spec.sockets.security = no_security{};
  auto opened = open_lanes(other.sys, other.bridge->actor(), spec);
  BOOST_TEST(static_cast<bool>(opened));
  other.bridge.reset();
  // With one thread there is none to give.
  BOOST_TEST(static_cast<bool>(open_error(spec)));
}

BOOST_AUTO_TEST_CASE(ends_with_its_owner_and_with_the_bridge) {
  there = listen();
  watcher->monitor(there.handle);
  {
    lanes_owner carol{sys};
    carol.attach(there.handle);
    carol.counters(there.handle); // it knows her by then
  }
  BOOST_TEST(down(there.handle));
  there = listen();
  watcher->monitor(there.handle);
  bob.attach(there.handle);
  bridge.reset();
  BOOST_TEST(down(there.handle));
}

BOOST_AUTO_TEST_CASE(ends_with_the_bridge_between_two_attempts) {
  there = listen(); // and nobody owns it, so that nobody joins
  lanes_spec spec;
  spec.connect = there.endpoints;
  spec.join_timeout = 20ms;
  spec.retry_min = spec.retry_max = 1h;
  here = open(spec);
  watcher->monitor(here.handle);
  alice.attach(here.handle);
  BOOST_TEST((alice.take_event().reason == ec::timed_out));
  bridge.reset();
  BOOST_TEST(down(here.handle));
}

BOOST_AUTO_TEST_CASE(ends_when_there_is_no_bridge_to_open_sockets) {
  there = listen(); // and nobody owns it, so that nobody joins
  for (auto& err : {make_error(ec::closed, "the bridge is closed"),
                    caf::make_error(caf::sec::request_receiver_down)}) {
    auto failing = sys.spawn(failing_bridge, bridge->actor(), err);
    lanes_spec spec;
    spec.connect = there.endpoints;
    spec.join_timeout = 20ms;
    spec.retry_min = spec.retry_max = 20ms;
    spec.sockets.security = no_security{};
    auto lanes = open_lanes(sys, failing, spec);
    BOOST_REQUIRE(lanes);
    watcher->monitor(lanes->handle);
    lanes_owner carol{sys};
    carol.attach(lanes->handle);
    BOOST_TEST(down(lanes->handle));
    caf::anon_send_exit(failing, caf::exit_reason::user_shutdown);
  }
}

BOOST_AUTO_TEST_CASE(the_owner_is_a_guest_of_the_pump) {
  lanes_spec spec;
  spec.bind = derive("tcp://127.0.0.1:*");
  spec.sockets.handlers_on_pump = true;
  there = open(spec);
  here = connect(there.endpoints);
  auto owner = sys.spawn(namer, there.handle);
  caf::anon_send(there.handle, atom::attach_v,
                 caf::actor_cast<lanes_owner_actor>(owner));
  alice.attach(here.handle);
  peer_here = alice.take_joined();
  // The first ones may be handled where the lanes were opened.
  auto on_pump = 0;
  for (auto i = 0; i < 200; ++i) {
    alice.send(here.handle, peer_here, "who?");
    std::string name{alice.take_message().second.frames[0].text()};
    on_pump = name == "troupe.pump" ? on_pump + 1 : 0;
  }
  BOOST_TEST(on_pump > 0);
  caf::anon_send_exit(owner, caf::exit_reason::user_shutdown);
}

BOOST_AUTO_TEST_SUITE_END()
