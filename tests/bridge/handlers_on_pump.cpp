// SPDX-License-Identifier: BSL-1.0

// Where handlers run, with `socket_spec::handlers_on_pump` and without.

#include "bridge/loopback.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/send.hpp>

#include <pthread.h>

using namespace std::chrono_literals;
using namespace troupe;

namespace {

std::string thread_name() {
  char name[16] = {};
  pthread_getname_np(pthread_self(), name, sizeof(name));
  return name;
}

/// Answers each message with the name of the thread that handled it.
caf::behavior namer(caf::event_based_actor* self, socket_actor socket) {
  self->set_default_handler(caf::drop);
  return {
    [=](const delivery& x) {
      for (std::size_t i = 0; i < x.messages.size(); ++i)
        self->send(socket, test::message({thread_name()}));
    },
  };
}

struct fixture : test::bridge_fixture {
  fixture() : client(sys) {
    socket_spec spec;
    spec.type = socket_type::pair;
    spec.bind = {"inproc://*"};
    auto socket = *bridge->open(spec);
    client.attach(socket.handle);
    asking = socket.handle;
    where = socket.endpoints.front();
  }

  /// Opens the other side and returns who handles a message there.
  std::string handler(bool on_pump) {
    socket_spec spec;
    spec.type = socket_type::pair;
    spec.connect = {where};
    spec.handlers_on_pump = on_pump;
    auto socket = *bridge->open(spec);
    auto actor = sys.spawn(namer, socket.handle);
    caf::anon_send(socket.handle, atom::attach_v,
                   caf::actor_cast<socket_owner_actor>(actor));
    std::string result;
    for (auto i = 0; i < 100; ++i) { // in turn: each one wakes it up
      client.send(asking, test::message({"who?"}));
      auto answer = test::texts(client.take()).front();
      BOOST_REQUIRE((i == 0 || answer == result || !on_pump));
      result = answer;
    }
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    return result;
  }

  test::owner client;
  socket_actor asking;
  std::string where;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(handlers_on_pump_suite, fixture)

BOOST_AUTO_TEST_CASE(handlers_run_on_the_scheduler_by_default) {
  BOOST_TEST(handler(false) != "troupe.pump");
}

BOOST_AUTO_TEST_CASE(guests_run_on_the_pump) {
  BOOST_TEST(handler(true) == "troupe.pump");
}

BOOST_AUTO_TEST_SUITE_END()
