// SPDX-License-Identifier: BSL-1.0

// Requests of actors over REQ and DEALER sockets.

#include "bridge/loopback.hpp"
#include "support/temp_dir.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <zmq.h>

#include <algorithm>
#include <optional>

using namespace troupe;
using namespace troupe::test;

namespace {

using namespace std::chrono_literals;
using strings = std::vector<std::string>;

struct fixture : bridge_fixture {
  /// Asks with a CAF request, which outlasts those of the socket.
  auto ask(const socket_actor& socket, strings frames) {
    return asker->request(socket, 4 * patience, atom::request_v,
                          message(std::move(frames)));
  }

  /// Waits for the answer.
  template <class Request>
  strings answer(Request& request) {
    strings result;
    request.receive([&](const multipart& x) { result = texts(x); },
                    [&](caf::error& err) { BOOST_FAIL(describe(err)); });
    return result;
  }

  /// Waits for the failure.
  template <class Request>
  caf::error failure(Request& request) {
    caf::error result;
    request.receive([&](const multipart&) { BOOST_FAIL("it was answered"); },
                    [&](caf::error& err) { result = std::move(err); });
    return result;
  }

  static socket_spec client(socket_type type, std::string where) {
    socket_spec spec;
    spec.type = type;
    spec.connect = {std::move(where)};
    return spec;
  }

  std::uint64_t dropped(const socket_actor& socket) {
    return self.counters(socket).dropped;
  }

  temp_dir dir;
  caf::scoped_actor asker{sys};
  owner self{sys};
};

/// Both types that ask.
constexpr socket_type both[] = {socket_type::req, socket_type::dealer};

/// Frames that a REQ or DEALER put in front of its request for a ROUTER.
strings envelope(const strings& request) {
  auto end = std::find(request.begin(), request.end(), std::string{});
  BOOST_REQUIRE(end != request.end());
  return {request.begin(), ++end};
}

strings operator+(strings xs, const strings& ys) {
  xs.insert(xs.end(), ys.begin(), ys.end());
  return xs;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(requests_suite, fixture)

// -- answers ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(rep_sockets_answer_both_types) {
  for (auto type : both) {
    plain_peer server{ZMQ_REP};
    auto socket = open(client(type, server.bind(dir.ipc("server")))).handle;
    for (auto& text : {"1", "2", "3"}) {
      auto request = ask(socket, {text, ""});
      BOOST_TEST(server.receive() == (strings{text, ""}),
                 boost::test_tools::per_element());
      BOOST_REQUIRE(server.send({"", text}));
      BOOST_TEST(answer(request) == (strings{"", text}),
                 boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(dealers_have_many_requests_on_their_way) {
  plain_peer server{ZMQ_ROUTER};
  auto socket =
    open(client(socket_type::dealer, server.bind(dir.ipc("server")))).handle;
  using request = decltype(ask(socket, {}));
  std::vector<request> requests;
  for (auto i = 0; i < 100; ++i)
    requests.push_back(ask(socket, {std::to_string(i)}));
  std::vector<strings> seen;
  for (auto i = 0; i < 100; ++i) {
    seen.push_back(server.receive());
    BOOST_TEST(seen.back().back() == std::to_string(i));
  }
  for (auto i = seen.rbegin(); i != seen.rend(); ++i)
    server.send(envelope(*i) + strings{"answer to " + i->back()});
  for (auto i = 0; i < 100; ++i)
    BOOST_TEST(answer(requests[i]).front() == "answer to " + std::to_string(i));
}

BOOST_AUTO_TEST_CASE(req_sockets_work_on_one_after_the_other) {
  plain_peer server{ZMQ_ROUTER};
  auto socket =
    open(client(socket_type::req, server.bind(dir.ipc("server")))).handle;
  self.attach(socket);
  auto first = ask(socket, {"1"});
  self.send(socket, message({"2"})); // its answer is for the owner
  auto third = ask(socket, {"3"});
  for (auto text : {"1", "2", "3"}) {
    auto request = server.receive();
    BOOST_TEST(request.back() == text);
    self.counters(socket); // it had its chance to send more
    BOOST_TEST(!server.try_receive());
    server.send(envelope(request) + strings{"re", text});
  }
  BOOST_TEST(answer(first).back() == "1");
  BOOST_TEST(texts(self.take()).back() == "2");
  BOOST_TEST(answer(third).back() == "3");
}

BOOST_AUTO_TEST_CASE(other_messages_wait_for_an_owner) {
  plain_peer server{ZMQ_ROUTER};
  auto socket =
    open(client(socket_type::dealer, server.bind(dir.ipc("server")))).handle;
  auto request = ask(socket, {"question"});
  auto seen = server.receive();
  server.send({seen.front(), "news", "1"});
  server.send(envelope(seen) + strings{"answer"});
  server.send({seen.front(), "news", "2"});
  BOOST_TEST(answer(request).front() == "answer");
  self.attach(socket);
  BOOST_TEST(texts(self.take()).back() == "1");
  BOOST_TEST(texts(self.take()).back() == "2");
}

BOOST_AUTO_TEST_CASE(answers_get_past_messages_that_nobody_owns) {
  plain_peer server{ZMQ_ROUTER};
  auto spec = client(socket_type::dealer, server.bind(dir.ipc("server")));
  spec.max_batch = 4;
  auto socket = open(spec).handle;
  std::string peer;
  for (auto round = 0; round < 3; ++round) {
    auto request = ask(socket, {"question"});
    auto seen = server.receive();
    peer = seen.front();
    for (auto i = 0; i < 10; ++i)
      server.send({peer, "news", std::to_string(10 * round + i)});
    server.send(envelope(seen) + strings{"answer"});
    BOOST_TEST(answer(request).front() == "answer");
  }
  BOOST_TEST(dropped(socket) == 26u);
  self.attach(socket);
  for (auto i = 0; i < 4; ++i)
    BOOST_TEST(texts(self.take()).back() == std::to_string(i));
  server.send({peer, "news", "30"});
  BOOST_TEST(texts(self.take()).back() == "30");
}

BOOST_AUTO_TEST_CASE(answers_of_bridges_get_past_messages_that_nobody_owns) {
  auto spec = client(socket_type::router, {});
  spec.bind = {dir.ipc("server")};
  spec.connect.clear();
  spec.peers = socket_peers::bridged;
  spec.window_messages = 8;
  auto server = open(spec);
  self.attach(server.handle);
  spec.type = socket_type::dealer;
  spec.bind.clear();
  spec.connect = server.endpoints;
  spec.max_batch = 4;
  auto socket = open(spec).handle;
  for (auto round = 0; round < 3; ++round) {
    auto request = ask(socket, {"question"});
    auto seen = self.take();
    for (auto i = 0; i < 20; ++i)
      self.send(server.handle, message(seen.peer, {std::to_string(i)}));
    seen.frames.back() = buffer::copy_of("answer");
    self.send(server.handle, std::move(seen));
    BOOST_TEST(answer(request).front() == "answer");
  }
  BOOST_TEST(dropped(socket) > 0u);
}

BOOST_AUTO_TEST_CASE(what_nobody_came_for_was_dropped) {
  plain_peer server{ZMQ_ROUTER};
  auto socket =
    open(client(socket_type::dealer, server.bind(dir.ipc("server")))).handle;
  auto request = ask(socket, {"question"});
  auto seen = server.receive();
  server.send({seen.front(), "news", "1"});
  server.send(envelope(seen) + strings{"answer"});
  answer(request);
  self.watch(socket);
  caf::anon_send(socket, atom::close_v);
  self.take_down();
  BOOST_TEST(totals().dropped == 1u);
}

BOOST_AUTO_TEST_CASE(requests_wait_for_a_server) {
  for (auto type : both) {
    auto where = dir.ipc(to_string(type));
    auto socket = open(client(type, where)).handle;
    auto request = ask(socket, {"x"});
    plain_peer server{ZMQ_REP};
    server.bind(where);
    BOOST_TEST(server.receive().front() == "x");
    server.send({"y"});
    BOOST_TEST(answer(request).front() == "y");
  }
}

// -- time-outs ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(late_answers_are_dropped_and_counted) {
  for (auto type : both) {
    BOOST_TEST_CONTEXT(to_string(type)) {
      plain_peer server{ZMQ_ROUTER};
      auto spec = client(type, server.bind(dir.ipc("server")));
      spec.request_timeout = 20ms;
      auto socket = open(spec).handle;
      self.attach(socket);
      auto request = ask(socket, {"1"});
      BOOST_TEST((failure(request) == ec::timed_out));
      auto late = server.receive();
      server.send(envelope(late) + strings{"late"});
      BOOST_TEST(wait_until([&] { return dropped(socket) == 1; }));
      // The next one has its own answer, and the owner gets none.
      std::optional<strings> got;
      BOOST_REQUIRE(wait_until([&] {
        auto next = ask(socket, {"2"});
        auto seen = server.receive();
        server.send(envelope(seen) + strings{"in time"});
        next.receive([&](const multipart& x) { got = texts(x); },
                     [&](caf::error& err) {
                       BOOST_TEST((err == ec::timed_out)); // a busy machine
                     });
        return got.has_value();
      }));
      BOOST_TEST(got->front() == "in time");
      BOOST_TEST(!self.has_mail());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_req_socket_goes_on_after_a_time_out) {
  plain_peer server{ZMQ_ROUTER};
  auto spec = client(socket_type::req, server.bind(dir.ipc("server")));
  spec.request_timeout = 100ms;
  auto socket = open(spec).handle;
  self.attach(socket);
  self.send(socket, message({"1"}));
  auto back = self.take_returned();
  BOOST_TEST((back.reason == ec::timed_out));
  BOOST_TEST(texts(back.message).front() == "1");
  self.send(socket, message({"2"}));
  BOOST_TEST(server.receive().back() == "1");
  BOOST_TEST(server.receive().back() == "2");
}

BOOST_AUTO_TEST_CASE(what_timed_out_unsent_is_never_sent) {
  for (auto type : both) {
    auto where = dir.ipc(to_string(type));
    auto spec = client(type, where); // nobody is there
    spec.request_timeout = 20ms;
    auto socket = open(spec).handle;
    auto request = ask(socket, {"too late"});
    BOOST_TEST((failure(request) == ec::timed_out));
    plain_peer server{ZMQ_ROUTER};
    server.bind(where);
    auto seen = std::optional<strings>{};
    BOOST_REQUIRE(wait_until([&] {
      self.send(socket, message({"in time"}));
      seen = server.try_receive();
      return seen.has_value();
    }));
    BOOST_TEST(seen->back() == "in time");
  }
}

// -- failures -----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(requests_fail_when_the_peer_goes) {
  for (auto type : both)
    for (auto where : {std::string{"tcp://127.0.0.1:*"}, dir.ipc("server")}) {
      auto server = std::make_unique<plain_peer>(ZMQ_ROUTER);
      auto socket = open(client(type, server->bind(where))).handle;
      auto request = ask(socket, {"x"});
      server->receive();
      server.reset();
      BOOST_TEST((failure(request) == ec::peer_gone)); // not timed_out
    }
}

BOOST_AUTO_TEST_CASE(requests_fail_when_the_peer_goes_and_comes_back_at_once) {
  for (auto type : both) {
    auto server = std::make_unique<plain_peer>(ZMQ_ROUTER);
    auto spec = client(type, server->bind(dir.ipc("server")));
    spec.options.reconnect_min = 10ms;
    spec.options.reconnect_max = 20ms;
    auto socket = open(spec).handle;
    auto request = ask(socket, {"x"});
    server->receive();
    {
      busy_pump busy{*this};
      server = std::make_unique<plain_peer>(ZMQ_ROUTER);
      server->watch();
      server->bind(dir.ipc("server"));
      server->take_handshake();
    }
    BOOST_TEST((failure(request) == ec::peer_gone)); // not timed_out
  }
}

BOOST_AUTO_TEST_CASE(a_peer_that_answers_and_goes_has_answered) {
  for (auto type : both)
    for (auto i = 0; i < 20; ++i) {
      std::optional<plain_peer> server{std::in_place, ZMQ_REP};
      server->set(ZMQ_LINGER, 10'000);
      auto socket = open(client(type, server->bind(dir.ipc("server")))).handle;
      auto request = ask(socket, {"x"});
      server->receive();
      server->send({"y"});
      server.reset();
      BOOST_TEST(answer(request).front() == "y");
    }
}

BOOST_AUTO_TEST_CASE(one_of_several_peers_that_goes_fails_no_request) {
  std::optional<plain_peer> first{std::in_place, ZMQ_ROUTER};
  plain_peer second{ZMQ_ROUTER};
  auto spec = client(socket_type::dealer, first->bind(dir.ipc("a")));
  spec.watch = true;
  auto socket = open(spec).handle;
  self.attach(socket);
  BOOST_TEST((self.take_event().what == socket_event::kind::connected));
  asker->request(socket, patience, atom::connect_v, second.bind(dir.ipc("b")))
    .receive([](const std::string&) {},
             [](caf::error& err) { BOOST_FAIL(describe(err)); });
  BOOST_TEST((self.take_event().what == socket_event::kind::connected));
  // In turn: one of them is for the second peer, which answers late.
  auto requests = std::vector{ask(socket, {"0"}), ask(socket, {"1"})};
  first->receive();
  auto seen = second.receive();
  first.reset();
  BOOST_TEST((self.take_event().what == socket_event::kind::disconnected));
  second.send(envelope(seen) + strings{"y"});
  BOOST_TEST(answer(requests[seen.back() == "0" ? 0 : 1]).front() == "y");
}

BOOST_AUTO_TEST_CASE(messages_that_a_req_socket_did_not_send_come_back) {
  auto spec = client(socket_type::req, dir.ipc("nobody"));
  spec.options.linger = 1ms;
  auto socket = open(spec).handle;
  self.attach(socket);
  self.send(socket, {message({"1"}), message({"2"})});
  caf::anon_send(socket, atom::close_v);
  for (auto text : {"1", "2"}) {
    auto back = self.take_returned();
    BOOST_TEST((back.reason == ec::closed));
    BOOST_TEST(texts(back.message).front() == text);
  }
}

BOOST_AUTO_TEST_CASE(open_requests_are_bounded) {
  for (auto type : both) {
    plain_peer server{ZMQ_ROUTER};
    auto spec = client(type, server.bind(dir.ipc("server")));
    spec.max_requests = 2;
    auto socket = open(spec).handle;
    auto first = ask(socket, {"1"});
    auto second = ask(socket, {"2"});
    auto third = ask(socket, {"3"});
    BOOST_TEST((failure(third) == ec::limit_reached));
    for (auto request : {&first, &second}) {
      auto seen = server.receive();
      server.send(envelope(seen) + strings{seen.back()});
      answer(*request);
    }
    auto fourth = ask(socket, {"4"});
    BOOST_TEST(server.receive().back() == "4");
    caf::anon_send_exit(socket, caf::exit_reason::kill);
    BOOST_TEST((failure(fourth) == ec::closed));
  }
}

BOOST_AUTO_TEST_CASE(limits_hold_for_requests_as_well) {
  for (auto type : both) {
    auto spec = client(type, dir.ipc("nobody"));
    spec.max_frame = 10;
    spec.max_frames = 4;
    auto socket = open(spec).handle;
    auto large = ask(socket, {std::string(11, 'x')});
    BOOST_TEST((failure(large) == ec::too_large));
    auto many = ask(socket, {"1", "2", "3", "4", "5"});
    BOOST_TEST((failure(many) == ec::bad_frames));
    auto none = ask(socket, {});
    BOOST_TEST((failure(none) == ec::bad_frames));
  }
}

BOOST_AUTO_TEST_CASE(other_types_send_no_requests) {
  for (auto type : {socket_type::push, socket_type::pair, socket_type::rep}) {
    auto socket = open(client(type, dir.ipc("nobody"))).handle;
    auto request = ask(socket, {"x"});
    BOOST_TEST((failure(request) == ec::unexpected_message));
  }
}

// -- the end ------------------------------------------------------------------

BOOST_AUTO_TEST_CASE(answers_are_taken_while_the_socket_closes) {
  for (auto type : both) {
    plain_peer server{ZMQ_REP};
    auto spec = client(type, server.bind(dir.ipc("server")));
    spec.options.linger = patience;
    auto socket = open(spec).handle;
    self.watch(socket);
    auto request = ask(socket, {"x"});
    server.receive();
    caf::anon_send(socket, atom::close_v);
    auto late = ask(socket, {"too late"});
    BOOST_TEST((failure(late) == ec::closed));
    server.send({"y"});
    BOOST_TEST(answer(request).front() == "y");
    BOOST_TEST((self.take_down() == caf::none));
  }
}

BOOST_AUTO_TEST_CASE(requests_fail_when_the_socket_or_the_bridge_ends) {
  for (auto type : both) {
    plain_peer server{ZMQ_ROUTER};
    auto spec = client(type, server.bind(dir.ipc("server")));
    spec.options.linger = 1ms;
    auto closed = open(spec).handle;
    auto first = ask(closed, {"x"});
    server.receive();
    caf::anon_send(closed, atom::close_v);
    BOOST_TEST((failure(first) == ec::closed));
    auto orphan = open(spec).handle;
    auto second = ask(orphan, {"x"});
    server.receive();
    bridge = std::make_unique<bridge_runtime>(sys);
    BOOST_TEST((failure(second) == ec::closed));
    auto third = ask(orphan, {"x"});
    BOOST_TEST(!!failure(third));
  }
}

BOOST_AUTO_TEST_SUITE_END()
