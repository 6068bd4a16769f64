// SPDX-License-Identifier: BSL-1.0

// Who gets into our sockets, and what everybody learns about it.

#include "bridge/loopback.hpp"
#include "support/running_clock.hpp"
#include "support/temp_dir.hpp"
#include <troupe/security/zap_handler.hpp>

#include <zmq.h>

#include <fstream>
#include <unistd.h>

using namespace troupe;
using namespace troupe::test;
using namespace std::chrono_literals;

namespace {

using strings = std::vector<std::string>;
using kind = socket_event::kind;

/// How soon everybody has to know.
constexpr auto soon = 2s;

bridge_config with(std::shared_ptr<socket_context> context) {
  bridge_config result;
  result.context = std::move(context);
  return result;
}

std::size_t resident_bytes() {
  std::size_t pages = 0;
  std::ifstream{"/proc/self/statm"} >> pages >> pages;
  return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

/// What a ZMTP 3.1 peer with keys says first.
std::string curve_greeting() {
  std::string result(64, '\0');
  result[0] = '\xff';
  result[9] = '\x7f';
  result[10] = 3;
  result[11] = 1;
  result.replace(12, 5, "CURVE");
  return result;
}

struct fixture : bridge_fixture {
  fixture() : fixture(socket_context::make()) {
    // nop
  }

  explicit fixture(std::shared_ptr<socket_context> shared)
    : bridge_fixture(with(shared)), context(std::move(shared)) {
    BOOST_REQUIRE(!list->add(alice.public_key(), {"alice", "client"}));
    server = open(server_spec(socket_type::router));
    host.attach(server.handle);
  }

  socket_spec server_spec(socket_type type) {
    socket_spec spec;
    spec.type = type;
    spec.bind = {"tcp://127.0.0.1:*"};
    spec.security = curve_server{server_keys, list};
    spec.watch = true;
    return spec;
  }

  socket_spec client_spec(security_spec how) {
    socket_spec spec;
    spec.connect = server.endpoints;
    spec.security = std::move(how);
    return spec;
  }

  curve_client as(const key_pair& keys) {
    return {keys, server_keys.public_key()};
  }

  /// Opens a socket that `guest` owns.
  socket_actor enter(socket_spec spec) {
    since_cause.restart();
    auto result = open(std::move(spec)).handle;
    guest.attach(result);
    return result;
  }

  void remove(const key_pair& keys) {
    since_cause.restart();
    list->remove(keys.public_key());
  }

  /// Waits for a refusal for this reason, which has to come soon after what
  /// caused it. @returns what it says.
  std::string refusal(owner& who, ec reason) {
    for (;;) {
      auto event = who.take_event();
      BOOST_REQUIRE((since_cause.elapsed() < soon));
      if (event.what == kind::refused && event.reason == reason)
        return event.text;
    }
  }

  /// Whether the server serves whom it knows.
  void check_service() {
    owner self{sys};
    auto socket = open(client_spec(as(alice))).handle;
    self.attach(socket);
    self.send(socket, message({"ping"}));
    auto got = host.take();
    BOOST_REQUIRE(got.user != nullptr);
    BOOST_TEST(got.user->name == "alice");
    host.send(server.handle, std::move(got));
    BOOST_TEST(texts(self.take()) == strings{"ping"});
  }

  std::shared_ptr<socket_context> context;
  key_pair server_keys = *key_pair::generate();
  key_pair alice = *key_pair::generate();
  key_pair mallory = *key_pair::generate();
  std::shared_ptr<access_list> list = std::make_shared<access_list>();
  open_socket server;
  owner host{sys};
  owner guest{sys};
  /// Since a peer entered, a key was removed, or whatever else is refused.
  running_clock since_cause;
};

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(secured_sockets_suite, fixture)

// -- whom they admit ----------------------------------------------------------

BOOST_AUTO_TEST_CASE(opens_nothing_on_tcp_without_a_decision) {
  socket_spec spec;
  spec.bind = {"tcp://127.0.0.1:*"};
  auto result = bridge->open(spec);
  BOOST_REQUIRE(!result);
  BOOST_TEST((result.error() == ec::bad_config));
  spec.security = curve_server{server_keys, nullptr};
  BOOST_TEST((bridge->open(spec).error() == ec::bad_config));
}

BOOST_AUTO_TEST_CASE(name_the_sender_of_each_message) {
  auto client = enter(client_spec(as(alice)));
  guest.send(client, message({"one", "two"}));
  auto first = host.take();
  BOOST_REQUIRE(first.user != nullptr);
  BOOST_TEST((*first.user == identity{"alice", "client"}));
  for (auto i = 0; i < 100; ++i)
    guest.send(client, message({"more"}));
  for (auto i = 0; i < 100; ++i)
    BOOST_TEST(host.take().user == first.user); // one identity, shared
  host.send(server.handle, message(first.peer, {"answer"}));
  auto answer = guest.take();
  BOOST_TEST(texts(answer) == strings{"answer"});
  BOOST_TEST(answer.user == nullptr); // only servers ask
}

BOOST_AUTO_TEST_CASE(admit_keys_that_are_listed_later) {
  remove(alice);
  auto first = enter(client_spec(as(alice)));
  refusal(guest, ec::key_refused);
  BOOST_TEST(!list->add(alice.public_key(), {"alice", "client"}));
  check_service();
}

BOOST_AUTO_TEST_CASE(name_senders_on_other_types_and_transports) {
  temp_dir dir;
  auto spec = server_spec(socket_type::pull);
  spec.bind = {"tcp://127.0.0.1:*", dir.ipc("x")};
  server = open(spec);
  host.attach(server.handle);
  for (auto& where : server.endpoints) {
    auto other = client_spec(as(alice));
    other.type = socket_type::push;
    other.connect = {where};
    guest.send(enter(other), message({"hello"}));
    auto got = host.take();
    BOOST_REQUIRE(got.user != nullptr);
    BOOST_TEST(got.user->name == "alice");
  }
}

BOOST_AUTO_TEST_CASE(admit_their_own_program_without_proof) {
  auto spec = server_spec(socket_type::router);
  spec.bind = {"tcp://127.0.0.1:*", "inproc://*"};
  server = open(spec);
  host.attach(server.handle);
  socket_spec other;
  other.connect = {server.endpoints.back()};
  auto local = enter(other);
  guest.send(local, message({"hello"}));
  auto got = host.take();
  BOOST_TEST(got.user == nullptr);
  host.send(server.handle, std::move(got));
  BOOST_TEST(texts(guest.take()) == strings{"hello"});
  server.endpoints.pop_back();
  check_service();
}

// -- whom they refuse ---------------------------------------------------------

BOOST_AUTO_TEST_CASE(refuse_a_wrong_key) {
  auto client = enter(client_spec(as(mallory)));
  guest.send(client, message({"let me in"}));
  refusal(guest, ec::key_refused);
  auto text = refusal(host, ec::key_refused);
  BOOST_TEST(contains(text, "127.0.0.1"), text);
  BOOST_TEST(contains(text, mallory.public_key()), text);
  BOOST_TEST(host.counters(server.handle).refused == 1u);
  // What could not be sent comes back, now and later: nobody tries again.
  BOOST_TEST((guest.take_returned().reason == ec::key_refused));
  guest.send(client, message({"again"}));
  BOOST_TEST((guest.take_returned().reason == ec::key_refused));
  check_service();
  BOOST_TEST(totals().messages_received == 2u);
}

BOOST_AUTO_TEST_CASE(wait_no_more_for_a_server_that_refuses_them) {
  temp_dir dir;
  auto spec = client_spec(as(mallory));
  spec.type = socket_type::push; // is full while nobody is there
  spec.connect = {dir.ipc("late")};
  auto client = enter(spec);
  guest.send(client, message({"let me in"}));
  BOOST_TEST((guest.take_event().what == kind::full));
  auto late = server_spec(socket_type::pull);
  late.bind = spec.connect;
  since_cause.restart();
  server = open(late);
  auto drained = 0;
  for (;;) {
    auto event = guest.take_event();
    drained += event.what == kind::drained;
    if (event.what == kind::refused)
      break;
  }
  BOOST_TEST((since_cause.elapsed() < soon));
  BOOST_TEST(drained == 1);
  BOOST_TEST((guest.take_returned().reason == ec::key_refused));
  BOOST_TEST(guest.counters(client).held == 0u);
}

BOOST_AUTO_TEST_CASE(fail_requests_to_a_server_that_refuses_them) {
  for (auto type : {socket_type::req, socket_type::dealer}) {
    auto spec = client_spec(as(mallory));
    spec.type = type;
    since_cause.restart();
    auto client = open(spec).handle;
    caf::scoped_actor self{sys, true};
    for (auto i = 0; i < 2; ++i) // before and after the refusal
      self->request(client, patience, atom::request_v, message({"x"}))
        .receive([](const multipart&) { BOOST_ERROR("it was answered"); },
                 [](const caf::error& err) {
                   BOOST_TEST((err == ec::key_refused), describe(err));
                 });
    BOOST_TEST((since_cause.elapsed() < soon));
  }
}

BOOST_AUTO_TEST_CASE(refuse_a_peer_without_keys) {
  auto spec = client_spec(no_security{});
  spec.watch = true;
  enter(spec);
  BOOST_TEST(contains(refusal(guest, ec::handshake_failed), "disagree"));
  BOOST_TEST(contains(refusal(host, ec::handshake_failed), "disagree"));
  plain_peer stranger{ZMQ_DEALER};
  since_cause.restart();
  stranger.connect(server.endpoints.front());
  refusal(host, ec::handshake_failed);
  check_service();
}

BOOST_AUTO_TEST_CASE(refuse_a_server_without_keys) {
  auto open_server = open_router();
  auto spec = client_spec(as(alice));
  spec.connect = open_server.endpoints;
  spec.watch = true;
  enter(spec);
  BOOST_TEST(contains(refusal(guest, ec::handshake_failed), "disagree"));
}

BOOST_AUTO_TEST_CASE(suspect_the_key_of_the_server) {
  enter(client_spec(curve_client{alice, mallory.public_key()}));
  auto text = refusal(guest, ec::wrong_server_key);
  BOOST_TEST(contains(text, "server_key"), text);
  refusal(host, ec::wrong_server_key);
  check_service();
}

BOOST_AUTO_TEST_CASE(refuse_a_wrong_password) {
  auto spec = server_spec(socket_type::router);
  spec.security = plain_server{[](auto user, auto password) {
    return password == "right" ? std::make_shared<const identity>(
             identity{std::string{user}, "client"})
                               : identity_ptr{};
  }};
  server = open(spec);
  host.attach(server.handle);
  auto bob = enter(client_spec(plain_client{"bob", "right"}));
  guest.send(bob, message({"hello"}));
  auto got = host.take();
  BOOST_REQUIRE(got.user != nullptr);
  BOOST_TEST((*got.user == identity{"bob", "client"}));
  auto eve = enter(client_spec(plain_client{"eve", "wrong"}));
  guest.send(eve, message({"hello"}));
  refusal(guest, ec::key_refused);
  BOOST_TEST(contains(refusal(host, ec::key_refused), "'eve'"));
  BOOST_TEST(host.counters(server.handle).refused == 1u);
  BOOST_TEST(host.counters(server.handle).messages_received == 1u);
}

BOOST_AUTO_TEST_CASE(admit_nobody_once_nobody_checks_keys) {
  check_service();
  auto before = enter(client_spec(as(alice)));
  guest.send(before, message({"early"}));
  BOOST_TEST(texts(host.take()) == strings{"early"});
  since_cause.restart();
  (*context->zap())->stop();
  owner late{sys};
  auto socket = open(client_spec(as(alice))).handle;
  late.attach(socket);
  late.send(socket, message({"late"}));
  BOOST_TEST(contains(refusal(host, ec::system_failure), "nobody checks"));
  // It learns only that nobody answers, after the time for handshakes.
  guest.send(before, message({"still in"}));
  BOOST_TEST(texts(host.take()) == strings{"still in"});
  BOOST_TEST(host.counters(server.handle).messages_received == 3u);
}

// -- keys that are removed ----------------------------------------------------

BOOST_AUTO_TEST_CASE(drop_peers_whose_key_was_removed) {
  auto client = enter(client_spec(as(alice)));
  guest.send(client, message({"hello"}));
  auto got = host.take();
  remove(alice);
  for (auto i = 0; i < 10; ++i)
    guest.send(client, message({"still here"}));
  auto text = refusal(host, ec::key_removed);
  BOOST_TEST(contains(text, "'alice'"), text);
  BOOST_TEST(
    wait_until([&] { return host.counters(server.handle).dropped == 10; }));
  host.send(server.handle, message(got.peer, {"a secret"}));
  BOOST_TEST((host.take_returned().reason == ec::key_removed));
  BOOST_TEST(host.counters(server.handle).messages_received == 1u);
  // Nor does it come back.
  owner again{sys};
  since_cause.restart();
  again.attach(open(client_spec(as(alice))).handle);
  refusal(again, ec::key_refused);
  // Others are not disturbed, and nobody was reported twice.
  BOOST_TEST(!list->add(mallory.public_key(), {"bob", "client"}));
  auto bob = enter(client_spec(as(mallory)));
  guest.send(bob, message({"hello"}));
  BOOST_TEST(host.take().user->name == "bob");
  BOOST_TEST(contains(refusal(host, ec::key_refused), alice.public_key()));
}

BOOST_AUTO_TEST_CASE(tell_at_once_whose_key_was_removed) {
  for (auto type : {socket_type::router, socket_type::push}) {
    server = open(server_spec(type));
    owner self{sys};
    self.attach(server.handle);
    auto spec = client_spec(as(alice));
    spec.type = type == socket_type::push ? socket_type::pull
                                          : socket_type::dealer;
    enter(spec); // and says nothing
    BOOST_TEST((self.take_event().what == kind::connected));
    remove(alice);
    auto text = refusal(self, ec::key_removed);
    BOOST_TEST(contains(text, "'alice'"), text);
    BOOST_TEST(contains(text, alice.public_key()), text);
    BOOST_TEST(self.counters(server.handle).refused == 1u);
    BOOST_REQUIRE(!list->add(alice.public_key(), {"alice", "client"}));
  }
}

BOOST_AUTO_TEST_CASE(tell_owners_that_do_not_watch_of_removed_keys) {
  auto spec = server_spec(socket_type::router);
  spec.watch = false;
  server = open(spec);
  host.attach(server.handle);
  auto client = enter(client_spec(as(alice)));
  guest.send(client, message({"hello"}));
  auto got = host.take();
  remove(alice);
  host.send(server.handle, std::move(got)); // sending is enough to notice
  BOOST_TEST((host.take_returned().reason == ec::key_removed));
  refusal(host, ec::key_removed);
}

BOOST_AUTO_TEST_CASE(do_not_get_stuck_on_a_request_of_a_removed_peer) {
  server = open(server_spec(socket_type::rep));
  host.attach(server.handle);
  auto client = enter(client_spec(as(alice)));
  guest.send(client, message({"", "hello"}));
  auto got = host.take();
  host.send(server.handle, std::move(got));
  guest.take();
  remove(alice);
  guest.send(client, message({"", "hello"}));
  refusal(host, ec::key_removed);
  BOOST_TEST(!list->add(mallory.public_key(), {"bob", "client"}));
  auto bob = enter(client_spec(as(mallory)));
  guest.send(bob, message({"", "hello"}));
  BOOST_TEST(host.take().user->name == "bob");
}

BOOST_AUTO_TEST_CASE(tell_publishers_who_unsubscribes) {
  server = open(server_spec(socket_type::xpub));
  host.attach(server.handle);
  auto next = [&](kind what) {
    for (;;)
      if (auto event = host.take_event(); event.what == what)
        return event.text;
  };
  auto spec = client_spec(as(alice));
  spec.type = socket_type::sub;
  spec.subscriptions = {"news"};
  auto client = enter(spec);
  BOOST_TEST(next(kind::subscribed) == "news");
  caf::anon_send(client, atom::close_v); // ZeroMQ says the rest by itself
  BOOST_TEST(next(kind::unsubscribed) == "news");
}

// -- strangers ----------------------------------------------------------------

BOOST_AUTO_TEST_CASE(hold_no_memory_for_strangers) {
  // A handshake of 4 GiB, of which a good part really comes.
  auto bomb = curve_greeting()
              + std::string{"\x06\x00\x00\x00\x01\x00\x00\x00\x00", 9}
              + std::string(64 << 20, 'x');
  auto before = resident_bytes();
  for (auto i = 0; i < 4; ++i) {
    since_cause.restart();
    write_raw(server.endpoints.front(), bomb);
    refusal(host, ec::handshake_failed);
  }
  BOOST_TEST(resident_bytes() < before + (std::size_t{16} << 20));
  check_service();
}

BOOST_AUTO_TEST_CASE(drop_messages_that_never_end) {
  plain_peer client{ZMQ_DEALER};
  client.set(ZMQ_CURVE_SERVERKEY, server_keys.public_key());
  client.set(ZMQ_CURVE_PUBLICKEY, alice.public_key());
  client.set(ZMQ_CURVE_SECRETKEY, alice.secret_key());
  client.connect(server.endpoints.front());
  BOOST_REQUIRE(client.send({"hello"}));
  BOOST_TEST(texts(host.take()) == strings{"hello"});
  {
    plain_peer other{ZMQ_DEALER};
    other.set(ZMQ_CURVE_SERVERKEY, server_keys.public_key());
    other.set(ZMQ_CURVE_PUBLICKEY, alice.public_key());
    other.set(ZMQ_CURVE_SECRETKEY, alice.secret_key());
    other.connect(server.endpoints.front());
    BOOST_REQUIRE(other.send({"first"}));
    BOOST_TEST(texts(host.take()) == strings{"first"});
    BOOST_REQUIRE(other.send_part("begun"));
  }
  BOOST_REQUIRE(client.send({"whole"}));
  BOOST_TEST(texts(host.take()) == strings{"whole"});
  BOOST_TEST(host.counters(server.handle).messages_received == 3u);
}

BOOST_AUTO_TEST_CASE(serve_friends_while_strangers_knock) {
  check_service();
  std::string garbage;
  for (auto i = 0u; i < 1000; ++i)
    garbage += static_cast<char>(i * i * 31 + i);
  auto no_key = curve_greeting();
  no_key.replace(12, 5, std::string{"NULL\0", 5});
  for (auto i = 0; i < 12; ++i)
    for (auto& bytes : {garbage, curve_greeting(), curve_greeting() + garbage,
                        no_key + garbage, std::string{}})
      write_raw(server.endpoints.front(), bytes);
  refusal(host, ec::handshake_failed);
  check_service();
  BOOST_TEST(host.counters(server.handle).messages_received == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
